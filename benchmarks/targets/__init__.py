"""Cases of `benchmarks/quality.py`: each trains on one kind of data and says which targets it reached."""
