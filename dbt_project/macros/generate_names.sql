{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{#- The model state_users makes state.users, as model names must be unique in the project. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set prefix = node.fqn[1] ~ "_" if node.fqn[1] != "current" else "" -%}
    {{ custom_alias_name or node.name.removeprefix(prefix) }}
{%- endmacro %}
