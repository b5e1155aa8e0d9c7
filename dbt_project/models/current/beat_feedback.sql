{{
    current(
        log=ref('stg_beat_feedback'),
        state=ref('state_beat_feedback'),
        owners={
            'beat_guid': ref('hidden_beat'),
            'user_guid': ref('hidden_users'),
        },
    )
}}
