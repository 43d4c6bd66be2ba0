"""The portfolio path on Spark, each part beside its peer in the same session."""
