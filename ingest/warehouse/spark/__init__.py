"""Build the same models on Apache Spark: `just spark-build` and `just spark-export`."""
