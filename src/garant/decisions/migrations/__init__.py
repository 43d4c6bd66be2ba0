"""Steps from one schema to the next; what a step did stays as it is once a release has it."""
