{{ reduce_events(ref('stg_holdings')) }}
