{{
    current(
        log=ref('stg_devices'),
        state=ref('state_devices'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
