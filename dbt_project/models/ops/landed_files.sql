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
from {{ ref('ledger') }}
where what = 'landed'
qualify
    row_number() over (partition by path order by recorded_at desc) = 1
