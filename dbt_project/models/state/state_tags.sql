{{ reduce_events(ref('stg_tags'), counters=['revision', 'updated_at']) }}
