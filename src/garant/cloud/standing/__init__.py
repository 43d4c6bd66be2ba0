"""What is left in the account and costs money while nothing is asked of it; how each kind is found and ended.

A module for each kind, with ``find`` and ``end``; `inventory` puts them together. Things are found by the names that
the templates give them and by the tag `garant.cloud.names.TAG`, so also when the stack that made them is gone.
"""
