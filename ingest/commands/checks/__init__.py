"""Check what a run would need and find; nothing is fetched or recorded."""
