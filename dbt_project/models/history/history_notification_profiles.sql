{{ number_versions(ref('stg_notification_profiles')) }}
