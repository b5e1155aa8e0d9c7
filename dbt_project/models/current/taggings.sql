with live as (

    select *
    from {{ ref('state_taggings') }}
    where _event_is_live

)

select {{ shown_columns('live', ref('state_taggings'), is_state=true) }}
from live
where
    not exists (
        select 1
        from {{ ref('hidden_tags') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.tag_guid as {{ dbt.type_string() }})
    )
    and not exists (
        select 1
        from {{ ref('hidden_transactions') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.transaction_guid as {{ dbt.type_string() }})
    )
    and not exists (
        select 1
        from {{ ref('hidden_users') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})
    )
union all
{{ log_rows(ref('stg_taggings')) }}
