"""Engines run SQL compiled from an expression; they know nothing of features."""
