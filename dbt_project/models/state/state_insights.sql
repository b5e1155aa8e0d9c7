{{ reduce_events(ref('stg_insights'), counters=['updated_at']) }}
