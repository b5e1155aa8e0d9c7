with attempts as (

    select *
    from {{ ref('ledger') }}
    where file is not null and what <> 'archived'

),

judged as (

    select
        client_guid,
        snapshot_date,
        resource,
        event,
        file,
        coalesce(attempts.what, 'missing') as standing,
        attempts.recorded_at as judged_at,
        attempts.run_id,
        attempts.reason,
        attempts.expected,
        attempts.found,
        attempts.encrypted_bytes,
        attempts.encrypted_sha256,
        attempts.plain_bytes,
        attempts.plain_sha256,
        attempts.checksum_of,
        attempts.record_count,
        attempts.key_id,
        attempts.decoder,
        coalesce(attempts.is_unlisted, false) as is_accepted_unlisted,
        listed_files.record_count as listed_record_count,
        listed_files.plain_bytes as listed_plain_bytes,
        listed_files.encrypted_bytes as listed_encrypted_bytes,
        listed_files.checksum as listed_checksum,
        listed_files.listed_at
    from attempts
    full outer join {{ ref('listed_files') }} as listed_files
        using (client_guid, snapshot_date, resource, event, file)

)

select
    *,
    row_number() over (
        partition by client_guid, snapshot_date, resource, event, lower(file)
        order by judged_at desc
    ) = 1 as is_latest
from judged
