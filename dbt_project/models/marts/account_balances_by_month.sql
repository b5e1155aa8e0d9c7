{{ config(post_hook="{{ create_account_balances() }}") }}
-- depends_on: {{ ref('state_accounts') }}
with latest_days as (

    {{ latest_days(ref('deliveries')) }}

),

versions as (

    {{ account_versions(source('history', 'accounts')) }}

),

months as (

    select
        versions.*,
        latest_days.latest_day,
        cast(
            unnest(
                generate_series(
                    date_trunc('month', versions.valid_from),
                    least(versions.valid_to - 1, latest_days.latest_day),
                    interval 1 month
                )
            ) as date
        ) as month
    from versions
    inner join latest_days on versions._client_guid = latest_days.client_guid
    where coalesce(versions.valid_to > last_day(versions.valid_from), true)

),

month_ends as (

    select
        * exclude (month),
        least(last_day(month), latest_day) as day
    from months
    where
        valid_from <= least(last_day(month), latest_day)
        and coalesce(valid_to > least(last_day(month), latest_day), true)

),

balances as (

    {{ balances_on('month_ends', ref('owner_absences')) }}

)

select
    * exclude (latest_day),
    cast(date_trunc('month', day) as date) as month,
    latest_day >= last_day(day) as is_month_over
from balances
