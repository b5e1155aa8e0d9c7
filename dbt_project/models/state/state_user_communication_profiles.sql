{{ reduce_events(ref('stg_user_communication_profiles')) }}
