with latest_records as (

    select
        *,
        row_number() over (partition by path order by recorded_at desc) as age
    from {{ ref('ledger') }}
    where what in ('landed', 'set_aside')

)

select
    client_guid,
    snapshot_date,
    resource,
    event,
    file,
    path,
    record_count,
    plain_sha256,
    schema_id,
    recorded_at as landed_at
from latest_records
where age = 1 and what = 'landed'
