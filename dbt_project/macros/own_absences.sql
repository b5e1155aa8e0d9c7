{#- The days between which keys were deleted by events of their own: from a delete until the next
    version, or before the first version of a key that was deleted before. -#}
{% macro own_absences(history, deletes) -%}
select
    _client_guid,
    cast(guid as varchar) as guid,
    valid_to as absent_from,
    lead(valid_from) over (partition by _client_guid, guid order by _version) as absent_to
from {{ history }}
qualify absent_from < coalesce(absent_to, cast('infinity' as date))
union all
select
    deletes._client_guid,
    cast(deletes.guid as varchar) as guid,
    min(deletes._snapshot_date) as absent_from,
    any_value(firsts.valid_from) as absent_to
from {{ deletes }} as deletes
left join {{ history }} as firsts
    on
        deletes._client_guid = firsts._client_guid
        and deletes.guid = firsts.guid
        and firsts._version = 1
where coalesce(deletes._snapshot_date < firsts.valid_from, true)
group by deletes._client_guid, deletes.guid
{%- endmacro %}
