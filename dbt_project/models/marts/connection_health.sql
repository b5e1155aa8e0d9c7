{% set needs_user = [
    "'CHALLENGED'", "'DENIED'", "'EXPIRED'", "'IMPAIRED'", "'IMPEDED'", "'LOCKED'", "'PREVENTED'",
    "'REJECTED'"
] | join(", ") %}
{% set needs_nobody = "('CONNECTED', 'DELAYED', 'RECONNECTED', 'RESUMED', 'UPDATED')" %}
with latest_days as (

    {{ latest_days(ref('deliveries')) }}

),

versions as (

    select
        _client_guid as client_guid,
        guid,
        successfully_aggregated_at,
        _version,
        valid_from,
        coalesce(
            valid_from = lag(valid_to) over later
            and connection_status is not distinct from lag(connection_status) over later,
            false
        ) as is_as_before
    from {{ ref('history_members') }}
    window later as (partition by _client_guid, guid order by _version)

),

reported as (

    select
        client_guid,
        guid,
        max(_version) filter (where not is_as_before) as since_version,
        max(valid_from) filter (where not is_as_before) as status_since,
        max(successfully_aggregated_at) as last_aggregated_at
    from versions
    group by client_guid, guid

)

select
    members._client_guid as client_guid,
    members.guid as member_guid,
    members.user_guid,
    members.institution_guid,
    institutions.institution_name,
    cast(members.connection_status as {{ dbt.type_string() }}) as connection_status,
    reported.status_since,
    reported.since_version > 1 as is_since_exact,
    reported.last_aggregated_at,
    cast(
        {{ dbt.datediff(utc_day('reported.last_aggregated_at'), 'latest_days.latest_day', 'day') }}
        as bigint
    ) as days_since_aggregation,
    latest_days.latest_day,
    case
        when try_cast(members.needs_updated_credentials as boolean) then true
        when cast(members.connection_status as {{ dbt.type_string() }}) in ({{ needs_user }})
            then true
        when cast(members.connection_status as {{ dbt.type_string() }}) in {{ needs_nobody }}
            then false
    end as needs_action,
    try_cast(members.is_manual as boolean) as is_manual,
    try_cast(members.is_managed_by_user as boolean) as is_managed_by_user
from {{ ref('history_members') }} as members
inner join reported
    on members._client_guid = reported.client_guid and members.guid = reported.guid
inner join latest_days on members._client_guid = latest_days.client_guid
left outer join {{ ref('institutions') }} as institutions
    on
        members._client_guid = institutions.client_guid
        and members.institution_guid = institutions.institution_guid
where
    members.is_current
    and not exists (
        select 1
        from {{ ref('owner_absences') }} as absences
        where
            absences.resource = 'members'
            and absences.client_guid = members._client_guid
            and absences.guid = members.guid
            and absences.absent_to is null
    )
