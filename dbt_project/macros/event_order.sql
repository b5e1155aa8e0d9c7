{#- The order of events; no other place has it. On each day: baseline, created, updated, deleted. File
    names order a baseline that comes in several files. -#}
{% macro event_order(direction="asc") -%}
    _snapshot_date {{ direction }},
    case _event
        when 'baseline' then 0
        when 'created' then 1
        when 'updated' then 2
        else 3
    end {{ direction }},
    _source_file {{ direction }},
    _row_number {{ direction }}
{%- endmacro %}
