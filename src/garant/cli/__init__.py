"""The command line: one module per verb or noun; parses, calls one function, prints."""
