{{ config(post_hook="{{ build_new_resources() }}") }}

{# the hook reads what these models build #}
-- depends_on: {{ ref('landed_columns') }} {{ ref('widened_columns') }} {{ ref('hidden_users') }}

select
    resource,
    count(*) as file_count,
    sum(record_count) as row_count,
    min(snapshot_date) as first_date
from {{ ref('landed_files') }}
where resource not in ({{ known_resources() }})
group by resource
