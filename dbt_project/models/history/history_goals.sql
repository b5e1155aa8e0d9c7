{{ number_versions(ref('stg_goals')) }}
