"""Copies of landing, ledger and archive in object storage."""
