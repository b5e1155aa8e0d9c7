"""What a delivery is made of: names, days, manifest, Avro files."""
