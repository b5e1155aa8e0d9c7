"""An OpenPGP message: its outer form, its contents, and its plaintext."""
