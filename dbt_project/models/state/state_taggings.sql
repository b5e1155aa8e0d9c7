{{ reduce_events(ref('stg_taggings')) }}
