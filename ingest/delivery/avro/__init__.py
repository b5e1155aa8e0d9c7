"""Avro object containers in, Arrow record batches out."""

MAGIC = b"Obj\x01"
"""What every object container begins with."""
