"""Avro object containers in, Arrow record batches out."""
