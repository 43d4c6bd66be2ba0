"""Promotion: which bundle is the champion, which are challengers, and what had to hold before."""
