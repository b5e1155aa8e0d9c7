{{ number_versions(ref('stg_budgets')) }}
