{{
    current(
        log=ref('stg_user_communication_profiles'),
        state=ref('state_user_communication_profiles'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
