{{ reduce_events(ref('stg_members'), counters=['revision', 'updated_at']) }}
