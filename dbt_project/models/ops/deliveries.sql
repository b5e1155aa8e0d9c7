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
        count_if(standing = 'landed') as files_landed,
        count_if(standing = 'landed' and listed_at is not null) as listed_files_landed,
        count_if(standing = 'waiting') as files_waiting,
        count_if(standing = 'missing') as files_missing,
        count_if(standing = 'gone') as files_gone,
        count_if(standing = 'quarantined') as files_quarantined,
        count_if(standing = 'given_up') as files_given_up,
        coalesce(sum(record_count) filter (where standing = 'landed'), 0) as rows_landed,
        max(listed_at) as listed_at,
        min(judged_at) filter (where standing = 'landed') as first_landed_at,
        max(judged_at) filter (where standing = 'landed') as last_landed_at,
        count(standing_of_baseline) as baseline_files,
        count_if(standing_of_baseline = 'landed') as baseline_files_landed
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
    counted.* {{ exclude(["files"]) }},
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
