"""Fewer features: which ones a model of N uses, chosen anew on the training rows of each fold, and what that costs."""
