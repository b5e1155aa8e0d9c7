"""Faults on purpose: whatever happens to a run, the next one ends as if nothing had."""
