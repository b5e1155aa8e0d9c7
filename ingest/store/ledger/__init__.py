"""The append-only record of everything that happened to a file."""
