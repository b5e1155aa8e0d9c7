{{ reduce_events(ref('stg_discovered_accounts'), counters=['updated_at']) }}
