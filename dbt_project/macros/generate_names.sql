{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{#- state_users is state.users: a model's name is unique in the project, a table's in its schema. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set prefix = node.fqn[1] ~ "_" -%}
    {%- set is_prefixed = node.name.startswith(prefix) and node.fqn[1] != "current" -%}
    {{ custom_alias_name or (node.name[prefix | length :] if is_prefixed else node.name) }}
{%- endmacro %}
