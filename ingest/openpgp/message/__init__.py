"""Read the outer form of an OpenPGP message, before gpg gets it."""
