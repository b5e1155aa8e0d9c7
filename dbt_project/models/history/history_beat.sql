{{ number_versions(ref('stg_beat')) }}
