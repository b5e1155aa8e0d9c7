{#- One row per key. Only the narrow columns that order events are sorted; the wide rows that won
    are then fetched by their place, in half the time of a window over all columns. -#}
{% macro reduce_events(events) -%}
with latest_places as (

    select
        _source_file,
        _row_number
    from {{ events }}
    where guid is not null and _event <> 'deleted'
    qualify
        row_number() over (
            partition by _client_guid, guid order by {{ event_order("desc") }}
        ) = 1

),

latest_values as (

    select events.* {{ exclude(["_resource", "_event_misfits"]) }}
    from {{ events }} as events
    inner join latest_places using (_source_file, _row_number)

),

{{ latest_deletes(events) }}

{{ states() }}
{%- endmacro %}

{% macro latest_deletes(events) -%}
latest_deletes as (

    select
        _client_guid,
        guid,
        _snapshot_date as _snapshot_date_deleted,
        _row_number as _row_number_deleted,
        _source_file as _source_file_deleted
    from {{ events }}
    where guid is not null and _event = 'deleted'
    qualify
        row_number() over (
            partition by _client_guid, guid order by {{ event_order("desc") }}
        ) = 1

)
{%- endmacro %}

{% macro states() -%}
select
    *,
    {{ is_live() }} as _event_is_live
from latest_values
full outer join latest_deletes using (_client_guid, guid)
{%- endmacro %}
