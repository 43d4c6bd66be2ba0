"""Load on the decision service: who asks, how fast, and what it costs."""
