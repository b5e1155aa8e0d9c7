{#- The balances of any days: account_balances(from_date, to_date). Spark has no such functions. -#}
{{
    config(
        materialized='table_function',
        parameters=['from_date', 'to_date'],
        enabled=target.type == 'duckdb',
    )
}}
with latest_days as (

    {{ latest_days(ref('deliveries')) }}

),

versions as (

    {{ account_versions(ref('history_accounts')) }}

),

days as (

    select
        versions.*,
        latest_days.latest_day,
        cast(
            unnest(
                generate_series(
                    greatest(versions.valid_from, cast(from_date as date)), -- noqa: RF02
                    least(
                        versions.valid_to - 1,
                        latest_days.latest_day,
                        cast(to_date as date) -- noqa: RF02
                    ),
                    interval 1 day
                )
            ) as date
        ) as day
    from versions
    inner join latest_days on versions._client_guid = latest_days.client_guid

)

{{ balances_on('days', ref('owner_absences')) }}
