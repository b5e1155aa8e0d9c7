{{ reduce_events(ref('stg_goals')) }}
