{% macro text_literal(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}
