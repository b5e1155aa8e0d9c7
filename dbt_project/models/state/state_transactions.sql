{{ reduce_events(ref('stg_transactions')) }}
