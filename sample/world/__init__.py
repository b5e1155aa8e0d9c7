"""A synthetic world: people, accounts, and what happens to them each day."""
