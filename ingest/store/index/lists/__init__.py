"""Lists and counts over all files and days, asked of the index."""
