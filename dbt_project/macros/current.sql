{#- The columns of `main`: the resource's own fields, then the file and row that gave them. -#}
{% macro shown_columns(alias, relation, is_state=false) -%}
    {%- set of_row = ["_event", "_snapshot_date", "_client_guid", "_row_number", "_source_file", "_source_sha256"] -%}
    {%- set of_state = [
        "_snapshot_date_deleted", "_row_number_deleted", "_source_file_deleted",
        "_event_is_live", "_event_is_disordered",
    ] -%}
    {%- set of_event = ["_resource", "_event_misfits"] -%}
    {{ columns_except(alias, relation, of_row + (of_state if is_state else of_event), of_event) }},
    {{ alias }}._client_guid,
    {{ alias }}._snapshot_date,
    {{ alias }}._source_file,
    {{ alias }}._row_number
{%- endmacro %}

{#- Rows without a key, as in a log. A deleted row there names no row to delete, so it is left out. -#}
{% macro log_rows(events, has_keys=true) -%}
select {{ shown_columns("events", events) }}
from {{ events }} as events
where {{ "events.guid is null and " if has_keys }}events._event <> 'deleted'
{%- endmacro %}
