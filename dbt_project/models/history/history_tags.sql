{{ number_versions(ref('stg_tags')) }}
