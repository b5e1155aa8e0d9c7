{#- The rows of a resource that were live at the end of a day, by all that has landed since, too:
    those whose owners of that day were deleted are left out. Needs no ref: it reads `history`. -#}
{% macro as_of(resource, date) -%}
    {%- if execute -%}
    select versions.*
    from {{ new_relation("history", resource) }} as versions
    where
        {{ is_valid("versions", date) }}
        {%- for column, owner in owners_of_resource(resource).items() %}
        and not {{ is_hidden("versions", column, "(" ~ hidden_as_of(owner, date) ~ ")") }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- Versions that another event of their own day ended have an empty interval. -#}
{% macro is_valid(versions, date) -%}
    {{ versions }}.valid_from <= cast('{{ date }}' as date)
    and coalesce({{ versions }}.valid_to > cast('{{ date }}' as date), true)
{%- endmacro %}

{% macro hidden_as_of(owner, date) -%}
(
    select _client_guid, cast(guid as varchar) as guid
    from {{ new_relation("history", owner) }}
    where valid_from <= cast('{{ date }}' as date)
    union
    select _client_guid, cast(guid as varchar) as guid
    from {{ new_relation("deletes", owner) }}
    where _snapshot_date <= cast('{{ date }}' as date)
)
except
select _client_guid, cast(guid as varchar) as guid
from ({{ as_of(owner, date) | indent }})
{%- endmacro %}

{#- Of a resource without a model a user may own the rows. -#}
{% macro owners_of_resource(resource) -%}
    {%- set model = graph.nodes.get("model.mx." ~ resource) -%}
    {%- if model -%}
        {{ return(owners_of(model)) }}
    {%- endif -%}
    {%- set columns = described_columns("from " ~ new_relation("history", resource)) -%}
    {%- set names = columns | map("first") | map("lower") | list -%}
    {{ return({"user_guid": "users"} if "user_guid" in names else {}) }}
{%- endmacro %}
