{{ number_versions(ref('stg_devices')) }}
