{% test is_keyed(model) %}
{# a row is known by its key, where it has one, and always by its place #}
select
    _client_guid,
    cast(guid as varchar) as identity
from {{ model }}
where guid is not null
group by _client_guid, guid
having count(*) > 1

union all

select
    _source_file,
    cast(_row_number as varchar) as identity
from {{ model }}
where _source_file is not null
group by _source_file, _row_number
having count(*) > 1
{% endtest %}
