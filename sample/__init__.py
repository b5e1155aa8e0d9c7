"""The synthetic sender: a small world that lives day by day, and the files MX would send of it."""
