"""Forget a user everywhere, and old files: what `ingest erase` and `ingest retain` do."""
