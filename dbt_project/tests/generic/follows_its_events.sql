{#- Each key has one row, with the values of its latest event that has values. It is live unless its
    latest event is a delete. A build checks the keys that changed files touch, if the test has passed
    on all others. `dbt test` checks all keys. -#}
{% test follows_its_events(model, events) %}
    {%- set resource = model.identifier -%}
    {%- set is_increment = looks_at_news() -%}
    {#- asked at every parse, because a later command may use the parse of an earlier one -#}
    {%- set files = changed_files(resource) if is_increment or not execute else [] -%}
with
{% if is_increment %}
{{ touched_keys(events, model, files) }},
{% endif %}
found as (

    select
        _client_guid,
        guid,
        count(*) as row_count,
        max(_source_file) as _source_file,
        max(_row_number) as _row_number,
        max(case when _event_is_live then 1 else 0 end) as is_live
    from {{ model }}
    {% if is_increment %}where (_client_guid, guid) in (select _client_guid, guid from touched_keys){% endif %}
    group by _client_guid, guid

),

ordered_events as (

    select
        *,
        row_number() over (
            partition by _client_guid, guid
            order by {{ event_order("desc") | indent(12) }}
        ) as age,
        row_number() over (
            partition by _client_guid, guid, _event <> 'deleted'
            order by {{ event_order("desc") | indent(12) }}
        ) as age_of_kind
    from {{ events }}
    where
        guid is not null
        {% if is_increment %}and (_client_guid, guid) in (select _client_guid, guid from touched_keys){% endif %}

),

expected as (

    select
        _client_guid,
        guid,
        max(case when age_of_kind = 1 and _event <> 'deleted' then _source_file end) as _source_file,
        max(case when age_of_kind = 1 and _event <> 'deleted' then _row_number end) as _row_number,
        max(case when age = 1 and _event <> 'deleted' then 1 else 0 end) as is_live
    from ordered_events
    group by _client_guid, guid

)

select
    _client_guid,
    guid,
    found.row_count,
    expected._source_file as expected_file,
    found._source_file as found_file
from found
full outer join expected using (_client_guid, guid)
where
    coalesce(found.row_count, 0) <> 1
    or expected.is_live is null
    or found.is_live <> expected.is_live
    or coalesce(found._source_file, '') <> coalesce(expected._source_file, '')
    or coalesce(found._row_number, -1) <> coalesce(expected._row_number, -1)
{% endtest %}
