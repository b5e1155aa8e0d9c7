{{
    current(
        log=ref('stg_goals'),
        state=ref('state_goals'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
