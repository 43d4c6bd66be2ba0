"""What garant deploys into an AWS account of the lender: constructs named by purpose, and the stacks made of them.

`data`, `guard` and `batch` hold one stack each; ``infra/app.py`` alone knows account and region and puts them together.
"""
