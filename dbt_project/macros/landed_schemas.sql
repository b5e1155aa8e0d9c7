{#- The schemas of a resource's files: the paths of each, and its columns' types by their names in
    lower case. -#}
{% macro landed_schemas(resource, files, columns) -%}
    {%- set is_resource = "where resource = " ~ text_literal(resource) -%}
    {%- set files_query -%}
        select schema_id, path from {{ files }} {{ is_resource }} order by schema_id, path
    {%- endset -%}
    {%- set columns_query -%}
        select schema_id, lower(column_name), landed_type from {{ columns }} {{ is_resource }}
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for schema_id, path in run_query(files_query) -%}
        {%- do schemas.setdefault(schema_id, {"paths": [], "types": {}}).paths.append(path) -%}
    {%- endfor -%}
    {%- for schema_id, name, type in run_query(columns_query) if schema_id in schemas -%}
        {%- do schemas[schema_id].types.update({name: type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}
