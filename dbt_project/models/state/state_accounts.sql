{{ reduce_events(ref('stg_accounts'), counters=['revision', 'updated_at']) }}
