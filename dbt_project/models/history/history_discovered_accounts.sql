{{ number_versions(ref('stg_discovered_accounts')) }}
