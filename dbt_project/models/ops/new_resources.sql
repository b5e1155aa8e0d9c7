{#- The plugin of DuckDB runs the hook's statements in a transaction of its own. -#}
{%- set in_transaction = target.type != 'duckdb' -%}
{{ config(post_hook={'sql': '{{ build_new_resources() }}', 'transaction': in_transaction}) }}

{#- Resources that have landed and have no models. The hook makes their tables, by the macros of
    the others, and reads these. -#}
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
