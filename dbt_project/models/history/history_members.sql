{{ number_versions(ref('stg_members')) }}
