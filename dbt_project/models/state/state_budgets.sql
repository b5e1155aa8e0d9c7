{{ reduce_events(ref('stg_budgets'), counters=['revision', 'updated_at']) }}
