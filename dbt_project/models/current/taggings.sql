{{
    current(
        log=ref('stg_taggings'),
        state=ref('state_taggings'),
        owners={
            'tag_guid': ref('hidden_tags'),
            'transaction_guid': ref('hidden_transactions'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
