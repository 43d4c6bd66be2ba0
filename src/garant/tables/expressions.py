"""Words for the parts of an Ibis expression.

Ibis annotates a column found by its name as one without arithmetic and a comparison as ``bool``, so a type checker can
only follow expressions as ``Any``; the names say what is meant. Wrong types are found when an expression is made.
"""

from typing import Any

Rows = Any
"""A table expression whose columns are read by name."""

Value = Any
"""A column, or what an aggregate makes of one."""

Condition = Any
"""A column of truth values, as ``where=`` takes it."""
