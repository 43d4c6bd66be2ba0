"""What applicants of a portfolio are grouped and chosen by."""

from typing import Literal, get_args

Dimension = Literal["product", "outcome", "band", "reason", "income", "month"]

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

BANDS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
"""Ends of the groups by PD."""
