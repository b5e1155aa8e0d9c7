{{ reduce_events(ref('stg_holdings'), counters=['revision', 'updated_at']) }}
