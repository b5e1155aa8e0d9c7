{{
    current(
        log=ref('stg_categories'),
        state=ref('state_categories'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
