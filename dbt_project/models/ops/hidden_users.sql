{{ config(materialized='view') }}

select
    seen._client_guid,
    cast(seen.guid as {{ dbt.type_string() }}) as guid
from {{ ref('state_users') }} as seen
where
    not seen._event_is_live
