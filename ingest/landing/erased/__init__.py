"""Rows of erased users: found in what would land, and taken out of its ciphertext."""
