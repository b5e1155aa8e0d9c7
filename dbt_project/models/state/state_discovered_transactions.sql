{{ reduce_events(ref('stg_discovered_transactions'), counters=['updated_at']) }}
