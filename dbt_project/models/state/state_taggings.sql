{{ reduce_events(ref('stg_taggings'), counters=['revision', 'updated_at']) }}
