"""Sections of a validation report, each a function of what was judged: the same for a training and for new data."""
