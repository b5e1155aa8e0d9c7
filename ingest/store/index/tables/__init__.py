"""The tables of the index: how facts are written to rows, and read back."""
