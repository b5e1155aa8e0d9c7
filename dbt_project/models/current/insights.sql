{{
    current(
        log=ref('stg_insights'),
        state=ref('state_insights'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
