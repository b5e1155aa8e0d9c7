{{
    current(
        log=ref('stg_holdings'),
        state=ref('state_holdings'),
        owners={
            'account_guid': ref('hidden_accounts'),
            'member_guid': ref('hidden_members'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
