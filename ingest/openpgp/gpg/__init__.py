"""Everything that calls gpg or reads what it reports."""
