"""Run dbt when something is new, and only on a ledger that can be trusted."""
