{#- The latest day of each client's feed. Marts end there, so they depend on the data and not on today. -#}
{% macro latest_days(deliveries) -%}
select
    client_guid,
    max(snapshot_date) as latest_day
from {{ deliveries }}
where
    (files_landed > 0 or baseline_files_landed > 0)
    -- older versions landed files of impossible days
    and snapshot_date < date '2100-01-01'
group by client_guid
{%- endmacro %}
