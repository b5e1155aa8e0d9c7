{{
    current(
        log=ref('stg_analytics_screenviews'),
        owners={
            'user_guid': ref('hidden_users'),
        },
    )
}}
