{{
    current(
        log=ref('stg_accounts'),
        state=ref('state_accounts'),
        owners={
            'member_guid': ref('hidden_members'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
