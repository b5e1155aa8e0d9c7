{{
    current(
        log=ref('stg_analytics_pageviews'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
