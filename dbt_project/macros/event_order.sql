{#- The one place that orders events: a day's created rows, its updated ones, its deleted ones.
    The file's name makes the order total. -#}
{% macro event_order(direction="asc") -%}
    _snapshot_date {{ direction }},
    case _event when 'created' then 1 when 'updated' then 2 else 3 end {{ direction }},
    _row_number {{ direction }},
    _source_file {{ direction }}
{%- endmacro %}

{#- By that order a delete comes after every other event of its day. -#}
{% macro is_live() -%}
    coalesce(_snapshot_date > _snapshot_date_deleted, _event is not null)
{%- endmacro %}
