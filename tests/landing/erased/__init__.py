"""Tests of ingest/landing/erased."""
