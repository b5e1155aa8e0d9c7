{{
    current(
        log=ref('stg_notification_profiles'),
        state=ref('state_notification_profiles'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
