{#- The columns of a staging view in their order: those of the catalogue, then the others
    in the order in which days and files brought them.
    A name is one whatever its case, and the catalogue's spelling wins. -#}
{% macro staging_columns(resource, widened) -%}
    {%- set query -%}
        select resource, list(row(column_name, widened_type) order by ordinal)
        from {{ widened }}
        group by resource
    {%- endset -%}
    {%- set landed = {} -%}
    {%- for name, type in asked_once("widened columns", query).get(resource, []) -%}
        {%- do landed.update({name | lower: {"name": name, "type": type}}) -%}
    {%- endfor -%}
    {%- set staged = [] -%}
    {%- for column in catalogue(resource).values() -%}
        {%- set type = landed.pop(column.name | lower, {"type": "null"}).type -%}
        {%- do staged.append(staged_column(column.name, type, column.data_type)) -%}
    {%- endfor -%}
    {%- for column in landed.values() -%}
        {%- do staged.append(staged_column(column.name, column.type, none)) -%}
    {%- endfor -%}
    {{ return(staged) }}
{%- endmacro %}

{#- The columns that the staging model's YAML names; a resource without a model has none. -#}
{% macro catalogue(resource) -%}
    {{ return(graph.nodes.get("model.mx.stg_" ~ resource, {"columns": {}}).columns) }}
{%- endmacro %}

{#- The catalogue's type where it says how to read a column; without it the name's suffix; else the
    type that landed. -#}
{% macro staged_column(name, widened_type, catalogue_type) -%}
    {%- set is_read = (catalogue_type or "").split("(")[0] in ("decimal", "date", "timestamptz") -%}
    {%- set suffix = none if catalogue_type else name[-3:] | lower -%}
    {%- if is_read -%}
        {%- set type = catalogue_type -%}
    {%- elif suffix == "_at" and widened_type in ("integer", "bigint") -%}
        {%- set type = "timestamptz" -%}
    {%- elif suffix == "_on" and widened_type == "varchar" -%}
        {%- set type = "date" -%}
    {%- elif widened_type == "null" -%}
        {%- set type = catalogue_type or "varchar" -%}
    {%- else -%}
        {%- set type = widened_type -%}
    {%- endif -%}
    {{ return({"name": name, "key": name | lower, "type": type}) }}
{%- endmacro %}
