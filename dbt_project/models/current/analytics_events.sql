with reduced as (

    {{ reduce_events(ref('stg_analytics_events')) | indent }}

),

live as (

    select *
    from reduced
    where _event_is_live

)

select {{ shown_columns('live', ref('stg_analytics_events'), is_state=true) }}
from live
where
    not exists (
        select 1
        from {{ ref('hidden_users') }} as hidden
        where
            hidden._client_guid = live._client_guid
            and hidden.guid = cast(live.user_guid as {{ dbt.type_string() }})
    )
union all
{{ log_rows(ref('stg_analytics_events')) }}
