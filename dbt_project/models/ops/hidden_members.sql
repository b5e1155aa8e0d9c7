{{ config(materialized='view') }}

select
    seen._client_guid,
    cast(seen.guid as {{ dbt.type_string() }}) as guid
from {{ ref('state_members') }} as seen
where
    not seen._event_is_live
    or exists (
        select 1
        from {{ ref('hidden_users') }} as hidden
        where
            hidden._client_guid = seen._client_guid
            and hidden.guid = cast(seen.user_guid as {{ dbt.type_string() }})
    )
