"""Features: each an Ibis expression over unbound tables, written once for every engine."""
