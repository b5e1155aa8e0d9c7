{#- The schemas of a resource's files that have rows: the list of the files of each, as it is written
    in SQL, and its columns' types by their names in lower case. -#}
{% macro landed_schemas(resource, files, columns) -%}
    {%- set is_resource = "where resource = " ~ text_literal(resource) -%}
    {%- set folder = text_literal(data_folder() ~ "/") -%}
    {%- set files_query -%}
        select
            schema_id,
            {{ list_literals(folder ~ " || path") }}
        from {{ files }} {{ is_resource }} and record_count > 0
        group by schema_id
        order by schema_id
    {%- endset -%}
    {%- set columns_query -%}
        select schema_id, lower(column_name), landed_type from {{ columns }} {{ is_resource }}
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for schema_id, paths in run_sql(files_query) -%}
        {%- do schemas.update({schema_id: {"paths": paths, "types": {}}}) -%}
    {%- endfor -%}
    {%- for schema_id, name, type in run_sql(columns_query) if schema_id in schemas -%}
        {%- do schemas[schema_id].types.update({name: type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}
