"""Decisions as they are kept: what was decided, by whom, who looked at it, and how a person is erased from it."""
