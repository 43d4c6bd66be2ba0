"""The portfolio job in an AWS account of the lender, in regions of the European Union.

`releases`, `profiles` and `names` are what the templates in ``infra/`` and the commands of ``garant cloud`` agree on.
Nothing in the rest of garant knows that a job runs there.
"""
