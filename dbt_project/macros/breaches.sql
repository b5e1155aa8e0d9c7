{#- Versions of a key are counted from 1, each ends where another event comes, and the state of a key
    is its last one. -#}
{% macro breaches_of_history(state) -%}
{%- set history = new_relation("history", state.identifier) -%}
select
    'versions in order' as rule,
    versions._client_guid as whose,
    cast(versions.guid as varchar) as what
from (
    select
        *,
        row_number() over (partition by _client_guid, guid order by _version) as number,
        lead(valid_from) over (partition by _client_guid, guid order by _version) as next_from
    from ({{ written_rows(state, rows=history) }})
) as versions
left join ({{ written_rows(state) }}) as state
    on
        versions.next_from is null
        and versions._client_guid = state._client_guid
        and versions.guid = state.guid
where
    versions._version <> versions.number
    or versions.valid_to < versions.valid_from
    or versions.is_current is distinct from (versions.valid_to is null)
    or coalesce(versions.valid_to > versions.next_from, false)
    or (versions.valid_to is null and versions.next_from is not null)
    or (
        versions.next_from is null
        and (
            state._source_file is distinct from versions._source_file
            or state._row_number is distinct from versions._row_number
            or state._event_is_live is distinct from versions.is_current
        )
    )
{%- endmacro %}

{#- No owner hides a row without a key: it is one of a log. -#}
{% macro breaches_of_owners(shown) -%}
{%- if execute -%}
{%- set owners = owners_of(graph.nodes["model.mx." ~ shown.identifier]) -%}
{%- for column, hidden in hidden_relations(owners).items() %}
union all
select
    'no hidden owner' as rule,
    owned._client_guid as whose,
    cast(owned.{{ column }} as varchar) as what
from {{ shown }} as owned
where
    owned.guid is not null
    and {{ is_hidden("owned", column, hidden) }}
{%- endfor %}
{%- endif -%}
{%- endmacro %}
