{{ config(materialized='view') }}

{#- Two records are of the same file if path, name and bytes are equal. -#}
{% set is_same %}
    landed.resource = applied.resource
    and landed.path = applied.path
    and landed.file = applied.file
    and landed.plain_sha256 = applied.plain_sha256
{% endset %}
select
    landed.resource,
    landed.path,
    landed.file,
    landed.snapshot_date,
    landed.schema_id,
    landed.record_count,
    true as is_landed
from {{ ref('landed_files') }} as landed
where
    not exists (
        select 1
        from {{ source('bookkeeping', 'applied_files') }} as applied
        where {{ is_same | indent(8) }}
    )
union all
select
    applied.resource,
    applied.path,
    applied.file,
    applied.snapshot_date,
    applied.schema_id,
    applied.record_count,
    false as is_landed
from {{ source('bookkeeping', 'applied_files') }} as applied
where
    not exists (
        select 1
        from {{ ref('landed_files') }} as landed
        where {{ is_same | indent(8) }}
    )
