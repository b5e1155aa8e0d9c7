"""Tests of ingest/erasure."""
