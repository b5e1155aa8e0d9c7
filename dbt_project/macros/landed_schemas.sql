{#- The schemas of a resource's files that have rows: the list of the files of each, as it is written
    in SQL, and its columns' types by their names in lower case. -#}
{% macro landed_schemas(resource, files, columns) -%}
    {%- set folder = text_literal(data_folder() ~ "/") -%}
    {%- set files_query -%}
        select
            schema_id,
            {{ list_literals(folder ~ " || path") }}
        from {{ files }}
        where resource = {{ text_literal(resource) }} and record_count > 0
        group by schema_id
        order by schema_id
    {%- endset -%}
    {%- set columns_query -%}
        select resource, list(row(schema_id, lower(column_name), landed_type))
        from {{ columns }}
        group by resource
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for schema_id, paths in run_sql(files_query) -%}
        {%- do schemas.update({schema_id: {"paths": paths, "types": {}}}) -%}
    {%- endfor -%}
    {%- set landed = asked_once("landed columns", columns_query).get(resource, []) -%}
    {%- for schema_id, name, type in landed if schema_id in schemas -%}
        {%- do schemas[schema_id].types.update({name: type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}
