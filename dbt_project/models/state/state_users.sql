{{ reduce_events(ref('stg_users'), counters=['revision', 'updated_at']) }}
