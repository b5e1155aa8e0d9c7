"""The synthetic sender: a small world that changes daily, and the files that MX would send."""
