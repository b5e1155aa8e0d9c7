{{ reduce_events(ref('stg_beat')) }}
