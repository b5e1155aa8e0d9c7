{#- The feed has no institutions. Members give codes of some, discovered accounts names of some. -#}
{{ config(materialized='view') }}

with mentions as (

    select
        _client_guid,
        nullif(cast(institution_guid as {{ dbt.type_string() }}), '') as institution_guid,
        nullif(cast(institution_code as {{ dbt.type_string() }}), '') as institution_code,
        cast(null as {{ dbt.type_string() }}) as institution_name
    from {{ ref('members') }}
    union all
    select
        _client_guid,
        nullif(cast(institution_guid as {{ dbt.type_string() }}), '') as institution_guid,
        cast(null as {{ dbt.type_string() }}) as institution_code,
        nullif(cast(institution_name as {{ dbt.type_string() }}), '') as institution_name
    from {{ ref('discovered_accounts') }}

)

select
    _client_guid as client_guid,
    institution_guid,
    max(institution_code) as institution_code,
    max(institution_name) as institution_name
from mentions
where institution_guid is not null
group by _client_guid, institution_guid
