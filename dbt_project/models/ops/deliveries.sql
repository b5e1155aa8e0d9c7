with latest as (

    select
        client_guid,
        snapshot_date,
        listed_at,
        judged_at,
        record_count,
        case when event <> 'baseline' then standing end as standing,
        case when event = 'baseline' then standing end as standing_of_baseline
    from {{ ref('daily_files') }}
    where is_latest

),

counted as (

    select
        client_guid,
        snapshot_date,
        count(standing) as files,
        count(listed_at) as files_listed,
        sum(cast(standing = 'landed' as integer)) as files_landed,
        sum(cast(standing = 'landed' and listed_at is not null as integer)) as listed_files_landed,
        sum(cast(standing = 'waiting' as integer)) as files_waiting,
        sum(cast(standing = 'missing' as integer)) as files_missing,
        sum(cast(standing = 'gone' as integer)) as files_gone,
        sum(cast(standing = 'quarantined' as integer)) as files_quarantined,
        sum(cast(standing = 'given_up' as integer)) as files_given_up,
        coalesce(sum(record_count) filter (where standing = 'landed'), 0) as rows_landed,
        max(listed_at) as listed_at,
        min(judged_at) filter (where standing = 'landed') as first_landed_at,
        max(judged_at) filter (where standing = 'landed') as last_landed_at,
        count(standing_of_baseline) as baseline_files,
        sum(cast(standing_of_baseline = 'landed' as integer)) as baseline_files_landed
    from latest
    group by client_guid, snapshot_date

),

unfinished as (

    select distinct
        client_guid,
        snapshot_date,
        is_unfinished
    from {{ ref('listed_files') }}
    where is_unfinished

)

select
    counted.client_guid,
    counted.snapshot_date,
    counted.files_listed,
    counted.files_landed,
    counted.listed_files_landed,
    counted.files_waiting,
    counted.files_missing,
    counted.files_gone,
    counted.files_quarantined,
    counted.files_given_up,
    counted.rows_landed,
    counted.listed_at,
    counted.first_landed_at,
    counted.last_landed_at,
    counted.baseline_files,
    counted.baseline_files_landed,
    if(
        counted.files > 0,
        counted.listed_at is not null
        and counted.listed_files_landed = counted.files_listed
        and unfinished.is_unfinished is null,
        null
    ) as is_complete
from counted
left outer join unfinished
    on
        counted.client_guid = unfinished.client_guid
        and counted.snapshot_date = unfinished.snapshot_date
