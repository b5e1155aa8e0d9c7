"""MX_DATA on disk."""
