{{
    current(
        log=ref('stg_analytics_events'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
