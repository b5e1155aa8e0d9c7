{#- A key is absent from its own delete until its next version. A delete before the first version
    also begins an absence. -#}
{%- set owners = ['users', 'members'] -%}
with versions as (

    {% for resource in owners %}
        select
            '{{ resource }}' as resource,
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid,
            _version,
            valid_from,
            valid_to,
            lead(valid_from) over (
                partition by _client_guid, guid order by _version
            ) as next_from
        from {{ ref('history_' ~ resource) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

deletes as (

    {% for resource in owners %}
        select
            '{{ resource }}' as resource,
            _client_guid,
            cast(guid as {{ dbt.type_string() }}) as guid,
            _snapshot_date
        from {{ ref('stg_' ~ resource) }}
        where _event = 'deleted' and guid is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

own_absences as (

    select
        resource,
        _client_guid,
        guid,
        valid_to as absent_from,
        next_from as absent_to
    from versions
    where coalesce(valid_to < next_from, valid_to is not null)
    union all
    select
        deletes.resource,
        deletes._client_guid,
        deletes.guid,
        min(deletes._snapshot_date) as absent_from,
        min(firsts.valid_from) as absent_to
    from deletes
    left outer join versions as firsts
        on
            deletes.resource = firsts.resource
            and deletes._client_guid = firsts._client_guid
            and deletes.guid = firsts.guid
            and firsts._version = 1
    where coalesce(deletes._snapshot_date < firsts.valid_from, true)
    group by deletes.resource, deletes._client_guid, deletes.guid

),

members_of_absent_users as (

    select
        members._client_guid,
        cast(members.guid as {{ dbt.type_string() }}) as guid,
        greatest(members.valid_from, absent_users.absent_from) as absent_from,
        least(members.valid_to, absent_users.absent_to) as absent_to
    from {{ ref('history_members') }} as members
    inner join own_absences as absent_users
        on
            members._client_guid = absent_users._client_guid
            and cast(members.user_guid as {{ dbt.type_string() }}) = absent_users.guid
            and coalesce(members.valid_from < absent_users.absent_to, true)
            and coalesce(members.valid_to > absent_users.absent_from, true)
    where
        absent_users.resource = 'users'
        and members.valid_to is distinct from members.valid_from

),

absences as (

    select *
    from own_absences
    union all
    select
        'members' as resource,
        *
    from members_of_absent_users

)

select
    _client_guid as client_guid,
    resource,
    guid,
    absent_from,
    absent_to
from absences
