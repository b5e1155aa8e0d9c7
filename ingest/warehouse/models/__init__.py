"""The models of dbt_project, as text and as a catalogue; where a record is in their tables."""
