{#- Versions are numbered from 1, and none ends after the next one begins. Builds leave this to
    `dbt test`: history is a view that numbers all versions. -#}
{% test versions_meet(model) %}
select
    _client_guid,
    guid,
    _version
from (
    select
        _client_guid,
        guid,
        _version,
        valid_from,
        valid_to,
        is_current,
        row_number() over (partition by _client_guid, guid order by _version) as number,
        lead(valid_from) over (partition by _client_guid, guid order by _version) as next_from
    from {{ model }}
) as versions
where
    {% if flags.WHICH == "build" %}false and {% endif %}(_version <> number
    or valid_to < valid_from
    or valid_to > next_from
    or (valid_to is null and next_from is not null)
    or is_current <> (valid_to is null))
{% endtest %}
