{{ reduce_events(ref('stg_devices')) }}
