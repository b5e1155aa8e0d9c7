{{
    current(
        log=ref('stg_discovered_accounts'),
        state=ref('state_discovered_accounts'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
