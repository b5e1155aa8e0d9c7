{{ reduce_events(ref('stg_goals'), counters=['revision', 'updated_at']) }}
