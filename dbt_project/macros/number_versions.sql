{#- One version for each row with values, valid from its day until the day of the key's next event. A
    delete ends a version and begins none. -#}
{% macro number_versions(events) -%}
{%- set ours = ["_version", "valid_from", "valid_to", "is_current"] -%}
with numbered_events as (
    select
        _event,
        _snapshot_date,
        _source_file,
        _row_number,
        cast(sum(case when _event = 'deleted' then 0 else 1 end) over of_key as bigint) as _version,
        lead(_snapshot_date) over of_key as valid_to
    from {{ events }}
    where guid is not null
    window of_key as (
        partition by _client_guid, guid
        order by {{ event_order() | indent(8) }}
    )
)
select
    {{ columns_beside(ours, "given", events, ["_resource", "_event_misfits"]) }},
    numbered_events._version,
    numbered_events._snapshot_date as valid_from,
    numbered_events.valid_to,
    numbered_events.valid_to is null as is_current
from {{ events }} as given
inner join numbered_events
    on
        given._snapshot_date = numbered_events._snapshot_date
        and given._source_file = numbered_events._source_file
        and given._row_number = numbered_events._row_number
where numbered_events._event <> 'deleted'
{%- endmacro %}

{#- The columns of a relation, except some. A column named like one of ours is renamed: _ is added to its
    name until no other column has it. -#}
{% macro columns_beside(ours, alias, relation, excluded) -%}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute="name") | list if execute else [] -%}
    {%- set taken = (found | map("lower") | list) + ours -%}
    {%- set renamed = [] -%}
    {%- for name in found if name | lower in ours -%}
        {%- set free = free_name(name ~ "_", taken) -%}
        {%- do renamed.append(alias ~ "." ~ adapter.quote(name) ~ " as " ~ adapter.quote(free)) -%}
        {%- do excluded.append(name) -%}
    {%- endfor -%}
    {{ ([columns_except(alias, relation, excluded)] + renamed) | join(",\n    ") }}
{%- endmacro %}

{% macro free_name(name, taken) -%}
    {{ return(free_name(name ~ "_", taken) if name | lower in taken else name) }}
{%- endmacro %}
