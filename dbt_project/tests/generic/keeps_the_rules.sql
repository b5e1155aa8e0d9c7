{# one row a breach: of unique keys, of the order of versions, of what owners hide #}
{% test keeps_the_rules(model) %}
select
    'one row a key' as rule,
    _client_guid as whose,
    cast(guid as varchar) as what
from ({{ written_rows(model) }})
group by _client_guid, guid
having count(*) > 1
union all
select
    'one row a place' as rule,
    _source_file as whose,
    cast(_row_number as varchar) as what
from (
    {{ written_rows(model) }}
    union all
    {{ written_log_rows(model) }}
)
where _source_file is not null
group by _source_file, _row_number
having count(*) > 1
{% if model.schema == "state" %}
    union all
    {{ breaches_of_history(model) }}
{% else %}
    {{ breaches_of_owners(model) }}
{% endif %}
{% endtest %}
