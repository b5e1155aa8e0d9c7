{{ reduce_events(ref('stg_accounts')) }}
