{#- One row a key: its latest values, its latest delete, and whether it is live. An increment reads only
    the keys that changed files touch. It sorts only the narrow columns that order events, and then joins
    the latest rows by file and row number. `counters` are columns that should grow with each event: a key
    is disordered if an earlier event has a higher one. -#}
{% macro reduce_events(events, known=none, counters=[]) -%}
{#- a unit test has no table of its own, and dbt fails where it looks for one -#}
{%- set known = known or (this if model.resource_type == "model" and is_incremental()) -%}
{#- asked also when dbt parses, which finds the refs of a model -#}
{%- set files = changed_files((known or this).identifier) if known or not execute else [] -%}
with
{{ touched_keys(events, known, files) ~ "," if known }}
{{ latest_events(events, known, counters) }},
decided_keys as (
    select *
    from latest_values
    full outer join latest_deletes using (_client_guid, guid)
    {% if known %}right outer join touched_keys using (_client_guid, guid){% endif %}
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
    from {{ events }}
    where
        guid is not null
        {% if known %}and (_client_guid, guid) in (select _client_guid, guid from touched_keys){% endif %}
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

{#- A delete is the last event of its day, so values of a later day make a key live. A touched key without
    events gets nulls. -#}
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

{#- The keys that occur in changed files, and the keys whose known row came from one of them. Each `union`
    reads few parts of the table by their days; one condition with `or` would read all. -#}
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

{#- Delete the keys whose rows were all withdrawn: they have neither values nor a delete. -#}
{% macro delete_withdrawn_keys(state=none) -%}
    {%- if state or is_incremental() -%}
    delete from {{ state or this }} where _source_file is null and _source_file_deleted is null
    {%- endif -%}
{%- endmacro %}
