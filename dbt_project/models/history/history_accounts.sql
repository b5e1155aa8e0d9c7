{{ number_versions(ref('stg_accounts')) }}
