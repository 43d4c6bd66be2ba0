"""Two bundles on the same applicants: who would be decided otherwise, why, in which groups, and for which money."""
