{#- The one place that orders events: what was there before a day, then the day's created rows, its
    updated ones, its deleted ones. Of several files of a baseline the names order the parts. -#}
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
