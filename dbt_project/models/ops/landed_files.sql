{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_rows_made_again('landed_files', 'path') }}",
        post_hook="{{ note_batches_read('landed_files') }}",
    )
}}

{#- A Parquet file that was written again has the rows that landed, but its bytes may differ. -#}
with latest_records as (

    select
        *,
        row_number() over (
            partition by path, what = 'made_anew' order by recorded_at desc
        ) as age,
        first_value(parquet_sha256) over (
            partition by path order by recorded_at desc
        ) as latest_parquet_sha256
    from {{ ref('ledger') }}
    where
        what in ('landed', 'made_anew', 'set_aside')
        {% if is_incremental() %}and {{ has_new_lines('landed_files', 'path') }}{% endif %}

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
    latest_parquet_sha256 as parquet_sha256,
    schema_id,
    recorded_at as landed_at
from latest_records
where age = 1 and what = 'landed'
