{#- The live rows of a state that no hidden owner hides, and the rows without a key as a log.
    `owners` names for each column that holds an owner's key the model of such owners' hidden keys.
    Without a state the events themselves are reduced. -#}
{% macro current(log, state=none, owners={}) -%}
{{ live_rows(state or "(" ~ reduce_events(log) ~ ")", owners) }}
union all
{{ log_rows(log, condition="guid is null") }}
{%- endmacro %}

{% macro live_rows(state, owners) -%}
with live as (

    {{ shown_columns(state) }}
    where _event_is_live

),

visible as (

    select *
    from live
    where
        true
        {%- for column, hidden in owners.items() %}
        and not {{ is_hidden("live", column, hidden) }}
        {%- endfor %}

)

select * from visible
{%- endmacro %}

{% macro shown_columns(state) -%}
select
    *
    {{ exclude(lineage_columns() + ["_event_is_live", "_snapshot_date_deleted",
        "_row_number_deleted", "_source_file_deleted"]) }},
    {{ place_columns() }}
from {{ state }} as state
{%- endmacro %}

{#- Whether the owner that a column of some rows names is among the hidden. -#}
{% macro is_hidden(rows, column, hidden) -%}
exists (
    select 1
    from {{ hidden }} as hidden
    where
        hidden._client_guid = {{ rows }}._client_guid
        and hidden.guid = cast({{ rows }}.{{ column }} as varchar)
)
{%- endmacro %}

{#- Nothing says which row of a log a deleted row would delete. -#}
{% macro log_rows(events, condition="true") -%}
select
    *
    {{ exclude(lineage_columns() + ["_resource", "_event_misfits"]) }},
    {{ place_columns() }}
from {{ events }}
where {{ condition }} and _event <> 'deleted'
{%- endmacro %}

{% macro place_columns() -%}
    _client_guid, _snapshot_date, _source_file, _row_number
{%- endmacro %}

{% macro lineage_columns() -%}
    {{
        return([
            "_event", "_snapshot_date", "_client_guid",
            "_row_number", "_source_file", "_source_sha256",
        ])
    }}
{%- endmacro %}
