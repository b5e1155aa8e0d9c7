{% macro text_literal(text) %}'{{ text | replace("'", "''") }}'{% endmacro %}

{% macro texts(values) -%}
    {%- for value in values %}{{ text_literal(value) }}{{ ", " if not loop.last }}{% endfor -%}
{%- endmacro %}

{#- The data folder, ending in a slash. It is read only when dbt runs, so that another folder does not
    change the parsed project. -#}
{% macro data_folder() -%}
    {{ (env_var("MX_DATA", "data") if execute else "data").rstrip("/") }}/
{%- endmacro %}

{% macro new_relation(schema, name, type=none) -%}
    {{ return(api.Relation.create(
        database=target.get("database"), schema=schema, identifier=name, type=type
    )) }}
{%- endmacro %}

{#- The columns of a relation, in lower case. -#}
{% macro column_names(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute="name") | map("lower") | list) }}
{%- endmacro %}
