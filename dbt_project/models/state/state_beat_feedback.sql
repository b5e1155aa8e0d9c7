{{ reduce_events(ref('stg_beat_feedback'), counters=['updated_at']) }}
