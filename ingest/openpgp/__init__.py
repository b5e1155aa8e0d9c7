"""Ciphertext to plaintext, and back."""
