{#- The rows of a resource that were live at the end of a day, by all that has landed since, too:
    those whose owners of that day were deleted are left out. Needs no ref: it reads `history`. -#}
{% macro as_of(resource, date) -%}
    {%- if execute -%}
    select versions.*
    from {{ new_relation("history", resource) }} as versions
    where
        versions.valid_from <= cast('{{ date }}' as date)
        and coalesce(versions.valid_to > cast('{{ date }}' as date), true)
        {%- for column, owner in owners_of_resource(resource).items() %}
        and not exists (
            select 1
            from ({{ hidden_as_of(owner, date) | indent(12) }}) as hidden
            where
                hidden._client_guid = versions._client_guid
                and hidden.guid = cast(versions.{{ column }} as {{ dbt.type_string() }})
        )
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- All that were known by a day, without those that were live. -#}
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
    {%- set columns = adapter.get_columns_in_relation(new_relation("history", resource)) -%}
    {%- set columns, owners = columns | map(attribute="name") | map("lower") | list, {} -%}
    {%- for column, owner in owners_of(resource).items() if column in columns -%}
        {%- do owners.update({column: owner}) -%}
    {%- endfor -%}
    {{ return(owners) }}
{%- endmacro %}
