{#- How far each client's feed has come: no mart looks at a clock, or further than this day. -#}
{% macro latest_days(deliveries) -%}
select
    client_guid,
    max(snapshot_date) as latest_day
from {{ deliveries }}
where
    (files_landed > 0 or baseline_files_landed > 0)
    -- older versions took files of days that cannot be meant
    and snapshot_date < date '2100-01-01'
group by client_guid
{%- endmacro %}
