{{ number_versions(ref('stg_users')) }}
