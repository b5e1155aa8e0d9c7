{#- On DuckDB the plugin runs the hook's statements in its own transaction. -#}
{%- set in_transaction = target.type != 'duckdb' -%}
{{ config(post_hook={'sql': '{{ build_new_resources() }}', 'transaction': in_transaction}) }}

{#- Landed resources without models. The hook builds their tables and reads these relations. -#}
{%- set read_by_hook = [
    ref('landed_columns'),
    ref('staged_columns'),
    ref('changed_files'),
    ref('unreadable_files'),
    ref('hidden_users'),
] -%}
select
    landed.resource,
    count(*) as file_count,
    cast(sum(landed.record_count) as bigint) as row_count,
    min(landed.snapshot_date) as first_date
from {{ ref('landed_files') }} as landed
where
    landed.resource not in ({{ texts(var('keyed_resources') + var('logs')) }})
group by landed.resource
