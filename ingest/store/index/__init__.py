"""ledger/index.sqlite: what is known of each file, day and client, made from the record."""
