"""A one-time snapshot as a source."""
