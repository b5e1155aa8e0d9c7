{{
    current(
        log=ref('stg_tags'),
        state=ref('state_tags'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
