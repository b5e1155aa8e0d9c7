{#- The rows of `events` that give values, each with its interval. -#}
{% macro history_rows(events, versions) -%}
select
    events.* {{ exclude(["_resource", "_event_misfits"]) }},
    versions._version,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current
from {{ events }} as events
inner join {{ versions }} as versions using (_source_file, _row_number)
{%- endmacro %}

{% macro deleted_rows(events) -%}
select
    _client_guid,
    guid,
    _event,
    _snapshot_date,
    _row_number,
    _source_file
from {{ events }}
where guid is not null and _event = 'deleted'
{%- endmacro %}

{#- The versions of the touched keys: an event ends the one before it, and only a row with
    values, one that is not deleted, begins another. -#}
{% macro number_versions(known, fresh) -%}
{%- set narrow = "_client_guid, guid, _event, _snapshot_date, _row_number, _source_file" -%}
with events as (

    select {{ narrow }} from {{ known }}
    where _source_file not in (select file from stale_files)
    union all
    select {{ narrow }} from {{ fresh }}
    where guid is not null

),

placed as (

    select
        *,
        count(*) filter (where _event <> 'deleted') over (
            partition by _client_guid, guid
            order by {{ event_order() }}
            rows unbounded preceding
        ) as _version,
        lead(_snapshot_date) over (
            partition by _client_guid, guid order by {{ event_order() }}
        ) as valid_to
    from events

)

select
    _client_guid,
    guid,
    _source_file,
    _row_number,
    _version,
    _snapshot_date as valid_from,
    valid_to,
    _version = max(_version) over (partition by _client_guid, guid) as is_last
from placed
where _event <> 'deleted'
{%- endmacro %}

{% macro no_versions() -%}
select
    cast(null as varchar) as _client_guid,
    cast(null as varchar) as guid,
    cast(null as varchar) as _source_file,
    cast(null as bigint) as _row_number,
    cast(null as bigint) as _version,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to,
    cast(null as boolean) as is_last
where false
{%- endmacro %}
