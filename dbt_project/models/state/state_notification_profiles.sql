{{ reduce_events(ref('stg_notification_profiles')) }}
