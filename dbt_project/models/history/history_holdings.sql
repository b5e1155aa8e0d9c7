{{ number_versions(ref('stg_holdings')) }}
