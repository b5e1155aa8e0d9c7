{#- dbt asks this of every incremental model. A table of ours is made anew for three more reasons: a
    column's type or spelling has changed, its SQL has, or no build of it was ever finished. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get("full_refresh") -%}
    {%- set is_asked = flags.FULL_REFRESH if asked is none else asked -%}
    {%- set is_ours = execute and model.fqn[1] in ("staging", "state") -%}
    {{ return(is_asked or (is_ours and needs_rebuild(model.alias | replace("stg_", "", 1)))) }}
{%- endmacro %}

{% macro needs_rebuild(resource) -%}
    {{ return(resources_to_rebuild([resource]) | length > 0) }}
{%- endmacro %}

{% macro resources_to_rebuild(resources) -%}
    {%- set query -%}
        select expected.resource
        from (
            values
            {%- for resource in resources %}
            ({{ text_literal(resource) }}, {{ fingerprint(resource) }}){{ "," if not loop.last }}
            {%- endfor %}
        ) as expected (resource, fingerprint)
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

{#- The owners of a resource, the text of its models and, where the plugin knows it, that of the macros
    they call. -#}
{% macro fingerprint(resource) -%}
    {%- set texts = [owners_of(resource) | string] -%}
    {%- for layer in ("stg", "state") -%}
        {%- do texts.append(graph.nodes.get("model.mx." ~ layer ~ "_" ~ resource, {}).raw_code) -%}
    {%- endfor -%}
    concat('{{ local_md5(texts | join) }}', coalesce({{ ask_plugin("macros") }}, ''))
{%- endmacro %}
