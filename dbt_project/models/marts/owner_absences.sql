-- depends_on: {{ ref('state_users') }}
-- depends_on: {{ ref('state_members') }}
with absent_users as (

    {{ own_absences(source('history', 'users'), source('deletes', 'users')) }}

),

absent_members as (

    {{ own_absences(source('history', 'members'), source('deletes', 'members')) }}

),

members_of_absent_users as (

    select
        members._client_guid,
        cast(members.guid as varchar) as guid,
        greatest(members.valid_from, absent_users.absent_from) as absent_from,
        least(members.valid_to, absent_users.absent_to) as absent_to
    from {{ source('history', 'members') }} as members
    inner join absent_users
        on
            members._client_guid = absent_users._client_guid
            and cast(members.user_guid as varchar) = absent_users.guid
            and members.valid_from < coalesce(absent_users.absent_to, cast('infinity' as date))
            and absent_users.absent_from < coalesce(members.valid_to, cast('infinity' as date))
    where members.valid_to is distinct from members.valid_from

),

absences as (

    select
        'users' as resource,
        *
    from absent_users
    union all
    select
        'members' as resource,
        *
    from absent_members
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
