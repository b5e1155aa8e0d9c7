{% macro exclude(columns) -%}
    {{ adapter.dispatch("exclude", "mx")(columns) }}
{%- endmacro %}

{% macro duckdb__exclude(columns) -%}
    exclude ({{ columns | join(", ") }})
{%- endmacro %}
