{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_rows_made_again('daily_files', 'client_guid, snapshot_date', after='listed_files') }}",
        post_hook="{{ note_batches_read('daily_files', after='listed_files') }}",
    )
}}

{%- set day = 'client_guid, snapshot_date' %}
with attempts as (

    select
        *,
        lower(file) as file_key
    from {{ ref('ledger') }}
    where
        file is not null
        and what not in ('archived', 'made_anew', 'erased')
        {% if is_incremental() %}
            and {{ has_new_lines('daily_files', day, after='listed_files') }}
        {% endif %}

),

listed as (

    select
        *,
        lower(file) as file_key
    from {{ ref('listed_files') }}
    where
        true
        {% if is_incremental() %}
            and {{ has_new_lines('daily_files', day, after='listed_files') }}
        {% endif %}

),

attempted as (

    select
        client_guid,
        snapshot_date,
        resource,
        event,
        coalesce(attempts.file, listed.file) as file, -- noqa: RF04
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
        listed.record_count as listed_record_count,
        listed.plain_bytes as listed_plain_bytes,
        listed.encrypted_bytes as listed_encrypted_bytes,
        listed.checksum as listed_checksum,
        listed.listed_at
    from attempts
    full outer join listed using (client_guid, snapshot_date, resource, event, file_key)

)

select
    *,
    row_number() over (
        partition by client_guid, snapshot_date, resource, event, lower(file)
        order by judged_at desc
    ) = 1 as is_latest
from attempted
