"""The append-only record: the lines of ledger/*.jsonl and what they say."""
