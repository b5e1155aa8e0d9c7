"""Around dbt: build, publish, read, explain, replay."""
