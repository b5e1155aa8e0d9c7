{#- Run a statement and return its rows. dbt's run_query guesses again at the type of every value,
    which takes longer than most of our statements. -#}
{% macro run_sql(query) -%}
    {%- set _, cursor = adapter.add_query(query, auto_begin=false) -%}
    {{ return(cursor.fetchall()) }}
{%- endmacro %}
