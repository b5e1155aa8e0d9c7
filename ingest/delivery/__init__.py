"""The parts of a delivery: names, days, the manifest, Avro files."""
