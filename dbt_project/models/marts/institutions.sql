{#- The feed has no institutions. Members give codes of some, discovered accounts names of some. -#}
{{ config(materialized='view') }}

with codes as (

    select
        _client_guid as client_guid,
        cast(institution_guid as {{ dbt.type_string() }}) as institution_guid,
        max(cast(institution_code as {{ dbt.type_string() }})) as institution_code
    from {{ ref('members') }}
    where institution_guid is not null
    group by _client_guid, cast(institution_guid as {{ dbt.type_string() }})

),

names as (

    select
        _client_guid as client_guid,
        cast(institution_guid as {{ dbt.type_string() }}) as institution_guid,
        max(cast(institution_name as {{ dbt.type_string() }})) as institution_name
    from {{ ref('discovered_accounts') }}
    where institution_guid is not null
    group by _client_guid, cast(institution_guid as {{ dbt.type_string() }})

)

select
    coalesce(codes.client_guid, names.client_guid) as client_guid,
    coalesce(codes.institution_guid, names.institution_guid) as institution_guid,
    codes.institution_code,
    names.institution_name
from codes
full outer join names
    on
        codes.client_guid = names.client_guid
        and codes.institution_guid = names.institution_guid
