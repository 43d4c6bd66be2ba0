"""The decision service over HTTP: who may ask, what may come in, how answers and refusals look."""
