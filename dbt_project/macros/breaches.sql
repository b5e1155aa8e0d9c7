{#- Of unique keys, of the order of versions, of what owners hide: one row a breach. -#}
{% macro breaches_of_state(state, owners, is_all) -%}
with written as materialized (

    select _client_guid, guid, _source_file, _row_number, _event_is_live
    from ({{ written_rows(state, is_all) }})

)

{{ repeated_rows("written") }}
union all
{{ breaches_of_history(state, is_all) }}
{%- endmacro %}

{#- No owner hides a row without a key: it is one of a log. -#}
{% macro breaches_of_main(shown, owners, is_all) -%}
with written as materialized (

    select _client_guid, guid, _source_file, _row_number
    from ({{ written_rows(shown, is_all) }})
    union all
    select _client_guid, guid, _source_file, _row_number
    from ({{ written_log_rows(shown) }})

)

{{ repeated_rows("written") }}
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
{%- endmacro %}

{% macro repeated_rows(written) -%}
select
    'one row a key' as rule,
    _client_guid as whose,
    cast(guid as varchar) as what
from {{ written }}
where guid is not null
group by _client_guid, guid
having count(*) > 1
union all
select
    'one row a place' as rule,
    _source_file as whose,
    cast(_row_number as varchar) as what
from {{ written }}
where _source_file is not null
group by _source_file, _row_number
having count(*) > 1
{%- endmacro %}

{#- Versions of a key are counted from 1, each ends where another event comes, and the state of a key
    is its last one. -#}
{% macro breaches_of_history(state, is_all) -%}
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
    from ({{ written_rows(state, is_all, rows=history) }})
) as versions
left join written as state
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

{#- Owners that no file has brought. -#}
{% macro unknown_owners(shown, owners, is_all) -%}
{%- if owners -%}
with owned as materialized (

    select
        _client_guid,
        {{ owners.keys() | join(', ') }}
    from (
        {{ written_rows(shown, true) if is_all else rows_where(shown, [is_at(written_keys(shown))]) }}
    )
    where guid is not null
    union all
    select
        _client_guid,
        {{ owners.keys() | join(', ') }}
    from ({{ written_log_rows(shown) }})

)
{% for column, owner in owners.items() %}
select distinct
    '{{ column }} among {{ owner }}' as rule,
    owned._client_guid as whose,
    cast(owned.{{ column }} as varchar) as what
from owned
where
    owned.{{ column }} is not null
    and not exists (
        select 1
        from {{ new_relation("state", owner) }} as owner
        where
            owner._client_guid = owned._client_guid
            and cast(owner.guid as varchar) = cast(owned.{{ column }} as varchar)
    )
{{ 'union all' if not loop.last }}
{% endfor %}
{%- endif -%}
{%- endmacro %}
