"""`python -m garant`."""

from garant.cli.app import main

main()
