with live as (

    select *
    from {{ ref('state_users') }}
    where _event_is_live

)

select {{ shown_columns('live', ref('state_users'), is_state=true) }}
from live
union all
{{ log_rows(ref('stg_users')) }}
