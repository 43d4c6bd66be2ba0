"""Other ways to answer with a score, each a program of its own."""
