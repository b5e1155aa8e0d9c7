{#- Keep the hidden keys of an owner, and tell those whom it owns which of them came or went. Who wrote
    `main` has said which of the touched keys are hidden, unless it was written whole. -#}
{% macro hide_keys(resource, hidden) -%}
    {%- set state = new_relation("state", resource) -%}
    {%- set shown = new_relation("main", resource) -%}
    {%- set consumer = "hidden_" ~ resource -%}
    {%- set all_keys = hidden_keys(state, shown) -%}
    {%- set is_kept = fit_table(hidden, all_keys) -%}
    {%- if not is_kept -%}
        {%- do create_empty(hidden, all_keys) -%}
    {%- endif -%}
    {%- set queued = queued_keys(consumer, resource) -%}
    {%- set touched = "select _client_guid, guid from (" ~ queued ~ ")" -%}
    {%- set hidden_now = "select _client_guid, guid from (" ~ queued ~ " and is_hidden)" -%}
    {%- if not is_kept or run_sql(queued ~ " and is_hidden is null limit 1") | length -%}
        {%- set touched = touched ~ " union select * from " ~ hidden -%}
        {%- set hidden_now = all_keys -%}
    {%- endif -%}
    {%- do run_sql("create or replace temp table touched_keys as " ~ touched) -%}
    {%- do move_keys(hidden, hidden_now) -%}
    {%- do queue_keys(owned_resources(consumer), resource, "moved_keys") -%}
    {%- do take_keys(consumer) -%}
{%- endmacro %}

{% macro move_keys(hidden, rows) -%}
    {%- do run_sql("create or replace temp table hidden_now as " ~ rows) -%}
    {%- set moved -%}
        create or replace temp table moved_keys as
        select
            *,
            cast(null as date) as _snapshot_date,
            cast(null as varchar) as _source_file,
            cast(null as bigint) as _row_number
        from (
            (select * from hidden_now except select * from {{ hidden }})
            union
            ({{ touched_rows(hidden) }} except select * from hidden_now)
        )
    {%- endset -%}
    {%- do run_sql(moved) -%}
    {%- do delete_touched_rows(hidden) -%}
    {%- do run_sql("insert into " ~ hidden ~ " from hidden_now") -%}
{%- endmacro %}

{#- The resources whose rows such keys hide; of those without a model a user may own any. -#}
{% macro owned_resources(consumer) -%}
    {%- set owned = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == "model" -%}
        {%- if node.fqn[1] == "current" and consumer in node.refs | map(attribute="name") -%}
            {%- do owned.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if consumer == "hidden_users" -%}
        {%- set query -%}
            select distinct resource from ops.applied_files
            where resource not in ({{ known_resources() }})
        {%- endset -%}
        {%- do owned.extend(run_sql(query) | map("first")) -%}
    {%- endif -%}
    {{ return(owned) }}
{%- endmacro %}
