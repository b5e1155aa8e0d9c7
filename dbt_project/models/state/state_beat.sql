{{ reduce_events(ref('stg_beat'), counters=['updated_at']) }}
