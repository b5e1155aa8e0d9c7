with changes as (

    {% for resource in var('keyed_resources') %}
    -- depends_on: {{ ref('state_' ~ resource) }}
        select
            '{{ resource }}' as resource,
            *
        from (
            {{ changes_of(resource, source('history', resource), source('deletes', resource)) }}
        )
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    client_guid,
    resource,
    day,
    count(*) filter (where change = 'created') as created,
    count(*) filter (where change = 'first_seen') as first_seen,
    count(*) filter (where change = 'returned') as returned,
    count(*) filter (where change = 'deleted') as deleted,
    if(resource = 'accounts', count(*) filter (where change = 'closed'), null) as closed
from changes
group by client_guid, resource, day
