"""The outer form of an OpenPGP message, read before gpg gets it."""
