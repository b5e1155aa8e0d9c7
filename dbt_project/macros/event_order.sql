{#- The one place that orders events: what was there before a day, then the day's created rows, its
    updated ones, its deleted ones. A baseline in several files is ordered by their names. -#}
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
