"""Commands as a job of Spark, which knows only done and failed.

A job that ends with another code than 0 has failed for Spark, and whoever started it starts it again. A run that was
committed with rows set aside is done: the next try would find it and end the same way.

A job may hold several commands, with ``--then`` between them: they share one session, and the first that fails ends it.
"""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext

from garant.cli.app import run
from garant.cli.failure import report_error
from garant.cloud.job_words import THEN, with_policy
from garant.exceptions import GarantError, UsageError

SET_ASIDE = 1
"""Exit code of a command that is done, with rows set aside."""

THAT_WRITE = ("feature", "pca", "score")
"""Commands that run on Spark; they say with the code above that something was set aside, never that it is wrong."""


def main() -> None:
    """Run the commands that `spark-submit` was given and leave with the exit code of their job."""
    sys.exit(submitted(sys.argv[1:]))


def submitted(words: Sequence[str]) -> int:
    """Run the commands of a job; return its exit code."""
    try:
        commands = commands_of(with_policy(words))
        if len(commands) == 1:
            return job_code(commands[0], run(commands[0]))
        with _one_session() if any("spark" in command for command in commands) else nullcontext():
            codes = (job_code(command, run(command)) for command in commands)
            return next((code for code in codes if code), 0)
    except GarantError as error:
        return report_error(error, debug=False)


def commands_of(words: Sequence[str]) -> list[list[str]]:
    """Take the words of a job apart at ``--then``."""
    commands: list[list[str]] = [[]]
    for word in words:
        if word == THEN:
            commands.append([])
        else:
            commands[-1].append(word)
    if len(commands) > 1 and not all(commands):
        raise UsageError(f"A command is missing before or after {THEN}.")
    return commands


def job_code(tokens: Sequence[str], code: int) -> int:
    """Exit code of the job of a command that ended with `code`."""
    return 0 if code == SET_ASIDE and tokens[0] in THAT_WRITE else code


@contextmanager
def _one_session() -> Generator[None]:
    """Keep one session of Spark open: commands use the one that is there and leave it open."""
    from garant.runs.engine import open_engine
    from garant.settings import load_settings

    with open_engine("spark", load_settings()):
        yield
