{{ reduce_events(ref('stg_budgets')) }}
