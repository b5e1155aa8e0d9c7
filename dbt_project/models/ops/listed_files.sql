{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ delete_rows_made_again('listed_files', 'client_guid, snapshot_date') }}",
        post_hook="{{ note_batches_read('listed_files') }}",
    )
}}

with manifests as (

    select
        *,
        row_number() over (
            partition by client_guid, snapshot_date order by recorded_at desc
        ) as age
    from {{ ref('ledger') }}
    where
        what = 'listed'
        {% if is_incremental() %}
            and {{ has_new_lines('listed_files', 'client_guid, snapshot_date') }}
        {% endif %}

),

latest_manifests as (

    select
        client_guid,
        snapshot_date,
        listed,
        recorded_at as listed_at,
        coalesce(is_unfinished, false) as is_unfinished
    from manifests
    where age = 1

)

{{ unnest_rows(
    'latest_manifests',
    'listed',
    kept=['client_guid', 'snapshot_date', 'listed_at', 'is_unfinished'],
) }}
