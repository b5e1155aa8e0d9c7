{{ reduce_events(ref('stg_devices'), counters=['updated_at']) }}
