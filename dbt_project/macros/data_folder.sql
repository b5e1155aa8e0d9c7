{#- The warehouse lies in its data folder, and DuckDB knows its absolute path: a view that reads
    files by it works from every working directory. -#}
{% macro data_folder() -%}
    {%- if execute -%}
    {%- set query -%}
        select parse_dirpath(path) from duckdb_databases() where database_name = current_database()
    {%- endset -%}
    {%- set folder = run_sql(query)[0][0] -%}
    {{ folder.rstrip("/") }}
    {%- endif -%}
{%- endmacro %}
