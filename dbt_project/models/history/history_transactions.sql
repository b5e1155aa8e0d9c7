{{ number_versions(ref('stg_transactions')) }}
