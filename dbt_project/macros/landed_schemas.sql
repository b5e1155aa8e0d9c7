{#- The schemas of a resource's files that have rows: the list of the files of each, as it is written
    in SQL, and its columns' types by their names in lower case. -#}
{% macro landed_schemas(resource, files, columns) -%}
    {%- set columns_query -%}
        select resource, list(row(schema_id, lower(column_name), landed_type))
        from {{ columns }}
        group by resource
    {%- endset -%}
    {%- set schemas = {} -%}
    {%- for schema_id, paths in landed_paths(resource, files) -%}
        {%- do schemas.update({schema_id: {"paths": paths, "types": {}}}) -%}
    {%- endfor -%}
    {%- set landed = asked_once("landed columns", columns_query).get(resource, []) -%}
    {%- for schema_id, name, type in landed if schema_id in schemas -%}
        {%- do schemas[schema_id].types.update({name: type}) -%}
    {%- endfor -%}
    {{ return(schemas.values() | list) }}
{%- endmacro %}

{#- All that has landed is asked once for all resources. -#}
{% macro landed_paths(resource, files) -%}
    {%- set folder = text_literal(data_folder() ~ "/") -%}
    {%- set query -%}
        select resource, list(row(schema_id, paths) order by schema_id)
        from (
            select
                resource,
                schema_id,
                {{ list_literals(folder ~ " || path") }} as paths
            from {{ files }}
            where record_count > 0
            group by resource, schema_id
        )
        group by resource
    {%- endset -%}
    {%- set paths = dict(run_sql(query)) if files is string else asked_once("landed paths", query) -%}
    {{ return(paths.get(resource, [])) }}
{%- endmacro %}
