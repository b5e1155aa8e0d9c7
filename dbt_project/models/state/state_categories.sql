{{ reduce_events(ref('stg_categories'), counters=['revision', 'updated_at']) }}
