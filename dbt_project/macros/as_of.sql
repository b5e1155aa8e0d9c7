{#- The rows of a resource that were live at the end of a day, late files included. Rows whose owners
    were deleted at that time are absent. It reads `history` by name, so a caller needs no ref. -#}
{% macro as_of(resource, date) -%}
{%- set history = new_relation("history", resource) -%}
{%- set columns = column_names(history) -%}
select versions.*
from {{ history }} as versions
where
    versions.valid_from <= cast('{{ date }}' as date)
    and coalesce(versions.valid_to > cast('{{ date }}' as date), true)
    {#- a resource without a model may lack `user_guid` -#}
    {%- for column, owner in owners_of(resource).items() if column in columns %}
    and not exists (
        select 1
        from ({{ hidden_as_of(owner, date) | indent(8) }}) as hidden
        where
            hidden._client_guid = versions._client_guid
            and hidden.guid = cast(versions.{{ column }} as {{ dbt.type_string() }})
    )
    {%- endfor %}
{%- endmacro %}

{#- The keys of owners known by a day, except those that were live. -#}
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
