{{ reduce_events(ref('stg_discovered_transactions')) }}
