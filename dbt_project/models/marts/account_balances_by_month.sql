with latest_days as (

    {{ latest_days(ref('deliveries')) }}

),

versions as (

    {{ account_versions(ref('history_accounts')) }}

),

months as (

    select
        versions.*,
        latest_days.latest_day,
        {{ each(
            'month',
            "greatest(versions.valid_from, date '2000-01-01')",
            "least(versions.valid_to - interval '1' day, latest_days.latest_day)"
        ) }} as month_start
    from versions
    inner join latest_days on versions._client_guid = latest_days.client_guid
    where coalesce(versions.valid_to > last_day(versions.valid_from), true)

),

month_ends as (

    select
        *,
        least(last_day(month_start), latest_day) as day
    from months
    where
        valid_from <= least(last_day(month_start), latest_day)
        and coalesce(valid_to > least(last_day(month_start), latest_day), true)

)

{{ balances_on('month_ends', ref('owner_absences'), also=[
    'month_start as month',
    'latest_day >= last_day(day) as is_month_over',
]) }}
