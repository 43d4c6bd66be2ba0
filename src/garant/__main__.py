"""`python -m garant`, and what `spark-submit` runs: `spark-submit garant/__main__.py score DATA … --engine spark`."""

import sys

if __package__:
    from garant.cli.app import main
else:
    # Run by its path: what lies beside this file must not hide packages of the same name.
    sys.path.pop(0)
    from garant.cli.submit import main

main()
