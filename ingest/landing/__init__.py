"""From the archive to the landing."""
