{{ reduce_events(ref('stg_users')) }}
