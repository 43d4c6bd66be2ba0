"""Raw tables: declared, read without losing a row, and written as accepted Parquet."""
