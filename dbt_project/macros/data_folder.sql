{#- The warehouse lies in its data folder, and DuckDB knows its absolute path: a view that reads
    files by it works from every working directory. -#}
{% macro data_folder() -%}
    {%- if execute -%}
    {%- set query -%}
        select 'folder', parse_dirpath(path)
        from duckdb_databases()
        where database_name = current_database()
    {%- endset -%}
    {%- set folder = asked_once("data folder", query)["folder"] -%}
    {{ folder.rstrip("/") }}
    {%- endif -%}
{%- endmacro %}
