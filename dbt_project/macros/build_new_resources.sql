{#- Staging, state and current of each resource that has landed and has no model yet, by the macros
    that build the others. -#}
{% macro build_new_resources() -%}
    {%- if execute -%}
    {%- for resource in run_query("select resource from " ~ this).columns[0] -%}
        {%- do build_new_resource(resource) -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro build_new_resource(resource) -%}
    {%- set widened = ref("widened_columns") -%}
    {%- set keys = staging_columns(resource, widened) | map(attribute="key") | list -%}
    {%- set staging = new_relation("staging", "stg_" ~ resource) -%}
    {%- set rows = stage(resource, ref("landed_files"), ref("landed_columns"), widened) -%}
    {%- do run_query("create or replace view " ~ staging ~ " as " ~ rows) -%}
    {%- if "guid" in keys -%}
        {%- set state = new_relation("state", resource) -%}
        {%- do run_query("create or replace table " ~ state ~ " as " ~ reduce_events(staging)) -%}
        {%- set owners = {"user_guid": ref("hidden_users")} if "user_guid" in keys else {} -%}
        {%- set rows = current(staging, state, owners) -%}
    {%- else -%}
        {%- set rows = log_rows(staging) -%}
    {%- endif -%}
    {%- set shown = new_relation("main", resource) -%}
    {%- do run_query("create or replace table " ~ shown ~ " as " ~ rows) -%}
{%- endmacro %}

{% macro new_relation(schema, name) -%}
    {{ return(api.Relation.create(database=target.database, schema=schema, identifier=name)) }}
{%- endmacro %}

{#- The resources that have models, as a list of texts. -#}
{% macro known_resources() -%}
    {%- set names = ["''"] -%}
    {%- if execute -%}
    {%- for node in graph.nodes.values()
            if node.resource_type == "model" and node.name.startswith("stg_") -%}
        {%- do names.append(text_literal(node.name[4:])) -%}
    {%- endfor -%}
    {%- endif -%}
    {{ names | join(", ") }}
{%- endmacro %}
