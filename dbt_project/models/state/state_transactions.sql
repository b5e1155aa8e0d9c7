{{ reduce_events(ref('stg_transactions'), counters=['revision', 'updated_at']) }}
