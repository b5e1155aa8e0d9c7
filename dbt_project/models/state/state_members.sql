{{ reduce_events(ref('stg_members')) }}
