{{
    current(
        log=ref('stg_transactions'),
        state=ref('state_transactions'),
        owners={
            'account_guid': ref('hidden_accounts'),
            'member_guid': ref('hidden_members'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
