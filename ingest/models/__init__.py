"""Run the models and tests of dbt's project as dbt runs them, without starting it."""
