{{
    current(
        log=ref('stg_members'),
        state=ref('state_members'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
