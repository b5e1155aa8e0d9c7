"""From a source to the archive."""
