{% macro text_literal(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{#- Over rows: the texts of a column, as a list is written in SQL. -#}
{% macro list_literals(column) -%}
    string_agg(
        concat('''', replace({{ column }}, '''', ''''''), ''''), ', ' order by {{ column }}
    )
{%- endmacro %}
