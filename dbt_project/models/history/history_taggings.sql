{{ number_versions(ref('stg_taggings')) }}
