"""What would have changed the result of refused people: how fast, for how many, and that nothing forbidden moves."""
