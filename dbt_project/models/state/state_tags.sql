{{ reduce_events(ref('stg_tags')) }}
