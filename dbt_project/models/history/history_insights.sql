{{ number_versions(ref('stg_insights')) }}
