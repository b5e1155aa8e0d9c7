with live as (

    select *
    from {{ ref('state_holdings') }}
    where _event_is_live

)

select {{ shown_columns('live', ref('state_holdings'), is_state=true) }}
from live
where
    not exists (
        select 1
        from {{ ref('hidden_accounts') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.account_guid as {{ dbt.type_string() }})
    )
    and not exists (
        select 1
        from {{ ref('hidden_members') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.member_guid as {{ dbt.type_string() }})
    )
    and not exists (
        select 1
        from {{ ref('hidden_users') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})
    )
union all
{{ log_rows(ref('stg_holdings')) }}
