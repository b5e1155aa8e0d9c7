{{
    current(
        log=ref('stg_discovered_transactions'),
        state=ref('state_discovered_transactions'),
        owners={
            'discovered_account_guid': ref('hidden_discovered_accounts'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
