{#- The columns of a resource that name owners, each with the owner's resource. The YAML of its staging
    model lists them; rows of a resource without a model may belong to users. -#}
{% macro owners_of(resource) -%}
    {%- set node = graph.nodes.get("model.mx.stg_" ~ resource) if execute -%}
    {{ return(node.config.meta.get("owners", {}) if node else {"user_guid": "users"}) }}
{%- endmacro %}
