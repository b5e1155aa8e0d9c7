{#- One row a key: its latest values, its latest delete, and whether it is live. An increment looks at
    the keys that changed files touch and at no others. Only the narrow columns that order events are
    sorted; the wide rows that won are then fetched by their places. `counters` are columns that should
    grow with each event; a key whose latest values have less than earlier ones is disordered. -#}
{% macro reduce_events(events, known=none, resource=none, counters=[]) -%}
{%- set is_model = model.resource_type == "model" -%}
{%- set known = known or (this if is_model and is_incremental()) -%}
{%- set is_asked = known or (is_model and not execute) -%}
{%- set files = changed_files(resource or model.alias) if is_asked else [] -%}
with
{% if known %}
{{ touched_keys(events, known, files) }},
{% endif %}
{{ latest_events(events, known, counters) }},
decided_keys as (
    select *
    {%- if known %}
    from touched_keys
    left outer join latest_values using (_client_guid, guid)
    left outer join latest_deletes using (_client_guid, guid)
    {%- else %}
    from latest_values
    full outer join latest_deletes using (_client_guid, guid)
    {%- endif %}
)
{{ rows_of_keys(events, counters) }}
{%- endmacro %}

{% macro latest_events(events, known, counters) -%}
latest_events as (
    select
        _client_guid,
        guid,
        _event,
        _snapshot_date,
        _source_file,
        _row_number,
        {%- for counter in counters %}
        max({{ counter }}) over (
            partition by _client_guid, guid, _event = 'deleted'
        ) as _event_highest_{{ counter }},
        {%- endfor %}
        row_number() over (
            partition by _client_guid, guid, _event = 'deleted'
            order by {{ event_order("desc") | indent(12) }}
        ) as _event_age
    from {{ events }} as events
    where
        guid is not null
        {% if known %}and {{ is_touched("events") | indent(8) }}{% endif %}
),
latest_values as (
    select *
    from latest_events
    where _event_age = 1 and _event <> 'deleted'
),
latest_deletes as (
    select
        _client_guid,
        guid,
        _snapshot_date as _snapshot_date_deleted,
        _row_number as _row_number_deleted,
        _source_file as _source_file_deleted
    from latest_events
    where _event_age = 1 and _event = 'deleted'
)
{%- endmacro %}

{#- By the order of events a delete comes after every other event of its day. A touched key that has
    no event left has no place either. -#}
{% macro rows_of_keys(events, counters) -%}
{%- set keys = {"_client_guid": "decided_keys._client_guid", "guid": "decided_keys.guid"} -%}
select
    {{ columns_except("given", events, ["_resource", "_event_misfits"], replaced=keys) }},
    decided_keys._snapshot_date_deleted,
    decided_keys._row_number_deleted,
    decided_keys._source_file_deleted,
    coalesce(
        decided_keys._snapshot_date > decided_keys._snapshot_date_deleted,
        decided_keys._snapshot_date is not null
    ) as _event_is_live,
    {% for counter in counters -%}
    coalesce(given.{{ counter }} < decided_keys._event_highest_{{ counter }}, false) or {% endfor -%}
    false as _event_is_disordered
from decided_keys
left outer join {{ events }} as given
    on
        decided_keys._snapshot_date = given._snapshot_date
        and decided_keys._source_file = given._source_file
        and decided_keys._row_number = given._row_number
{%- endmacro %}

{#- The keys of rows in changed files, and those whose row in the table one of these files decided. -#}
{% macro touched_keys(events, known, files) -%}
touched_keys as (
    select _client_guid, guid
    from {{ events }}
    where guid is not null and {{ is_of(files) }}
    union
    select _client_guid, guid
    from {{ known }}
    where {{ is_of(files) }}
    union
    select _client_guid, guid
    from {{ known }}
    where {{ is_of(files, which="_deleted") }}
)
{%- endmacro %}

{% macro is_touched(keyed) -%}
exists (
    select 1
    from touched_keys as touched
    where touched._client_guid = {{ keyed }}._client_guid and touched.guid = {{ keyed }}.guid
)
{%- endmacro %}

{#- Keys whose every row was withdrawn: they have neither values nor a delete. -#}
{% macro delete_withdrawn_keys(state=none) -%}
    {%- if state or is_incremental() -%}
    delete from {{ state or this }} where _source_file is null and _source_file_deleted is null
    {%- endif -%}
{%- endmacro %}
