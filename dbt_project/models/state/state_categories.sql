{{ reduce_events(ref('stg_categories')) }}
