"""From a matrix to margins, PDs and points."""
