"""Signs that a column knows the outcome, that the road leaks it, or that other applicants will be scored."""
