{#- dbt calls this for each incremental model. It also rebuilds a table of `staging` or `state`
    whose SQL, column types or spellings changed, and one that no build ever finished. A table kept by the
    ledger's new lines is rebuilt where its model has read none. -#}
{% macro should_full_refresh() -%}
    {%- set is_ours = execute and model.fqn[1] in ("staging", "state") -%}
    {%- set resource = model.alias.removeprefix("stg_") -%}
    {%- set reads_lines = execute and model.name in ("landed_files", "listed_files", "daily_files") -%}
    {{ return(
        dbt.should_full_refresh()
        or (is_ours and resources_to_rebuild([resource]) != [])
        or (reads_lines and not has_read_lines(model.name))
    ) }}
{%- endmacro %}

{% macro resources_to_rebuild(resources) -%}
    {%- set query -%}
        select expected.resource
        from ({{ fingerprints(resources) }}) as expected
        left outer join ops.applied_columns as applied on expected.resource = applied.resource
        left outer join ops.staged_columns as staged
            on
                applied.resource = staged.resource
                and applied.column_name = staged.column_name
                and applied.column_type = staged.column_type
                and applied.fingerprint = expected.fingerprint
        group by expected.resource
        having count(staged.column_name) < count(*)
    {%- endset -%}
    {{ return(fetch(query)) }}
{%- endmacro %}

{#- A hash of the owners of each resource and of the SQL of its tables. The plugin adds the macros' text. -#}
{% macro fingerprints(resources) -%}
    {%- set macros = ask_plugin("macros") or "" -%}
    {%- for resource in resources -%}
        {%- set staging = graph.nodes.get("model.mx.stg_" ~ resource, {}) -%}
        {%- set state = graph.nodes.get("model.mx.state_" ~ resource, {}) -%}
        {%- set made = local_md5(owners_of(resource) ~ staging.raw_code ~ state.raw_code) -%}
        select {{ text_literal(resource) }} as resource, '{{ made ~ macros }}' as fingerprint
        {{ "union all " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
