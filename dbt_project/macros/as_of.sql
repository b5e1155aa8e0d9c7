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
    select _client_guid, cast(guid as {{ dbt.type_string() }}) as guid
    from {{ new_relation("history", owner) }}
    where valid_from <= cast('{{ date }}' as date)
    union
    select _client_guid, cast(guid as {{ dbt.type_string() }}) as guid
    from {{ new_relation("staging", "stg_" ~ owner) }}
    where
        guid is not null
        and _event = 'deleted'
        and _snapshot_date <= cast('{{ date }}' as date)
)
except
select _client_guid, cast(guid as {{ dbt.type_string() }}) as guid
from ({{ as_of(owner, date) | indent }})
{%- endmacro %}

{#- Without a model a resource may have no column that names a user. -#}
{% macro owners_of_resource(resource) -%}
    {%- set history = new_relation("history", resource) -%}
    {%- set columns = adapter.get_columns_in_relation(history) | map(attribute="name") -%}
    {%- set columns = columns | map("lower") | list -%}
    {%- set owners = {} -%}
    {%- for column, owner in owners_of(resource).items() if column in columns -%}
        {%- do owners.update({column: owner}) -%}
    {%- endfor -%}
    {{ return(owners) }}
{%- endmacro %}

{#- Whether the owner that a column of some rows names is among the hidden. -#}
{% macro is_hidden(rows, column, hidden) -%}
exists (
    select 1
    from {{ hidden }} as hidden
    where
        hidden._client_guid = {{ rows }}._client_guid
        and hidden.guid = cast({{ rows }}.{{ column }} as {{ dbt.type_string() }})
)
{%- endmacro %}
