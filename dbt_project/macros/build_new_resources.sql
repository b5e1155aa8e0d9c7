{#- Staging, state, history and current of each resource that has landed and has no model yet, by
    the macros that build the others. -#}
{% macro build_new_resources() -%}
    {%- if execute -%}
    {%- for (resource,) in run_sql("select resource from " ~ this) -%}
        {%- do build_new_resource(resource) -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro build_new_resource(resource) -%}
    {%- set widened = ref("widened_columns") -%}
    {%- set keys = staging_columns(resource, widened) | map(attribute="key") | list -%}
    {%- set staging = new_relation("staging", "stg_" ~ resource) -%}
    {%- set rows = stage(resource, ref("landed_files"), ref("landed_columns"), widened) -%}
    {%- do run_sql("create or replace view " ~ staging ~ " as " ~ rows) -%}
    {%- set is_keyed = "guid" in keys -%}
    {%- set owners = {"user_guid": "users"} if "user_guid" in keys else {} -%}
    {%- if is_keyed -%}
        {%- do apply_files(resource) -%}
    {%- endif -%}
    {%- set has_changed = not is_up_to_date("main", resource, new_relation("main", resource)) -%}
    {%- if has_changed or has_keys_to_show(resource, owners, has_state=is_keyed) -%}
        {%- do show_rows(resource, owners, has_changed, is_keyed, is_keyed) -%}
    {%- endif -%}
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
