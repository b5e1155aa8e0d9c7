{{ reduce_events(ref('stg_notification_profiles'), counters=['updated_at']) }}
