{{
    current(
        log=ref('stg_budgets'),
        state=ref('state_budgets'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
