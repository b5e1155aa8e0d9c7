{{
    current(
        log=ref('stg_beat'),
        state=ref('state_beat'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
