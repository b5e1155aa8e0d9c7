{{ config(materialized='view') }}

select *
from {{ ref('unreadable_files') }}
where
    resource in ({{ texts(var('keyed_resources') + var('logs')) }})
