"""Plaintext Avro to Parquet, in processes that may be lost."""
