"""A command as a job of Spark, which knows only done and failed.

A job that ends with another code than 0 has failed for Spark, and whoever started it starts it again. A run that was
committed with rows set aside is done: the next try would find it and end the same way.
"""

import sys
from collections.abc import Sequence

from garant.cli.app import run

SET_ASIDE = 1
"""Exit code of a command that is done, with rows set aside."""

THAT_WRITE = ("feature", "pca", "score")
"""Commands that run on Spark; they say with the code above that something was set aside, never that it is wrong."""


def main() -> None:
    """Run the command that `spark-submit` was given and leave with the exit code of its job."""
    sys.exit(job_code(sys.argv[1:], run(sys.argv[1:])))


def job_code(tokens: Sequence[str], code: int) -> int:
    """Exit code of the job of a command that ended with `code`."""
    return 0 if code == SET_ASIDE and tokens[0] in THAT_WRITE else code
