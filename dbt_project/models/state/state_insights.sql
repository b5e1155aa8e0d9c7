{{ reduce_events(ref('stg_insights')) }}
