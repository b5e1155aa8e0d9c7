{% macro text_literal(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{% macro quoted(name) %}{{ adapter.quote(name) }}{% endmacro %}

{#- The data folder with a slash at its end; known when dbt runs, so that another folder is no
    other project. -#}
{% macro data_folder() -%}
    {{ (env_var("MX_DATA", "data") if execute else "data").rstrip("/") }}/
{%- endmacro %}

{% macro new_relation(schema, name, type=none) -%}
    {{
        return(api.Relation.create(
            database=target.get("database"), schema=schema, identifier=name, type=type
        ))
    }}
{%- endmacro %}

{% macro texts(values) -%}
    {%- for value in values %}{{ text_literal(value) }}{{ ", " if not loop.last }}{% endfor -%}
{%- endmacro %}
