"""`python -m garant`, and what `spark-submit` runs: `spark-submit garant/__main__.py score DATA … --engine spark`."""

import sys
from pathlib import Path

if __package__:
    from garant.cli.app import main
else:
    # Run by its path: what lies beside this file must not hide packages of the same name.
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != here]
    from garant.cli.submit import main

main()
