"""One module per verb of the main road; here the pieces meet."""
