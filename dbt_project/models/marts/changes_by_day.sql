{#- A baseline row creates nothing: the record existed before. A delete of a key that was deleted or
    never seen changes nothing. -#}
{%- set is_closed = 'try_cast(is_closed as boolean)' -%}
with versions as (

    {% for resource in var('keyed_resources') %}
        select
            '{{ resource }}' as resource,
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid,
            _event,
            _version,
            valid_from,
            valid_to,
            {{ is_closed if resource == 'accounts' else 'false' }} as is_closed
        from {{ ref('history_' ~ resource) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

deletes as (

    {% for resource in var('keyed_resources') %}
        select distinct
            '{{ resource }}' as resource,
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid,
            _snapshot_date as day
        from {{ ref('stg_' ~ resource) }}
        where _event = 'deleted' and guid is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

compared as (

    select
        *,
        lag(valid_to) over (
            partition by resource, _client_guid, guid order by _version
        ) as previous_to,
        lag(is_closed) over (
            partition by resource, _client_guid, guid order by _version
        ) as was_closed
    from versions

),

changes as (

    select
        resource,
        _client_guid,
        valid_from as day,
        if(_event = 'created', 'created', 'first_seen') as change -- noqa: RF04
    from compared
    where _version = 1
    union all
    select
        resource,
        _client_guid,
        valid_from as day,
        'returned' as change -- noqa: RF04
    from compared
    where valid_from > previous_to
    union all
    select
        resource,
        _client_guid,
        valid_from as day,
        'closed' as change -- noqa: RF04
    from compared
    where is_closed and not coalesce(was_closed, false) and _version > 1
    union all
    select
        resource,
        _client_guid,
        day,
        'deleted' as change -- noqa: RF04
    from deletes
    where
        exists (
            select 1
            from versions
            where
                versions.resource = deletes.resource
                and versions._client_guid = deletes._client_guid
                and versions.guid = deletes.guid
                and versions.valid_to = deletes.day
        )

)

select
    _client_guid as client_guid,
    resource,
    day,
    count(case when change = 'created' then 1 end) as created,
    count(case when change = 'first_seen' then 1 end) as first_seen,
    count(case when change = 'returned' then 1 end) as returned,
    count(case when change = 'deleted' then 1 end) as deleted,
    if(resource = 'accounts', count(case when change = 'closed' then 1 end), null) as closed
from changes
group by _client_guid, resource, day
