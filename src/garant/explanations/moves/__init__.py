"""Named changes of raw facts, with their limits: the only ones that a search tries or `--what-if` accepts."""
