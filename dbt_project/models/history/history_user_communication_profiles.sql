{{ number_versions(ref('stg_user_communication_profiles')) }}
