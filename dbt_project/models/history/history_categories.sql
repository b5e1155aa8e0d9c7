{{ number_versions(ref('stg_categories')) }}
