"""Land MX's encrypted daily files as verified Parquet."""
