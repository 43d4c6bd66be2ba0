"""Asking a person at a terminal before something is made, ended or lost."""

import sys

from garant.cli.printable import printable
from garant.exceptions import UsageError


def require_yes(question: str, *, given: bool) -> None:
    """Ask, and go on only after ``yes``.

    Parameters
    ----------
    question : str
        What is about to be done, and where.
    given : bool
        Whether the answer was given beforehand, by ``--yes``.

    Raises
    ------
    UsageError
        When the answer is another one, or there is nobody to ask.
    """
    if given:
        return
    if _asked(f"{question} Type yes: ", instead="--yes") != "yes":
        raise UsageError("Not confirmed: nothing was done.")


def require_name(question: str, *, name: str, given: str | None) -> None:
    """Ask for a name, and go on only when exactly it is typed.

    Parameters
    ----------
    question : str
        What is about to be lost.
    name : str
        What must be typed.
    given : str or None
        What was typed beforehand, by ``--confirm``.

    Raises
    ------
    UsageError
        When it is another name, or there is nobody to ask.
    """
    typed = given if given is not None else _asked(f"{question} Type {name}: ", instead=f"--confirm {name}")
    if typed != name:
        raise UsageError(f"'{typed}' is not '{name}': nothing was done.")


def _asked(question: str, *, instead: str) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{question.rpartition(' Type ')[0]} There is no terminal to ask at: give {instead}.")
    # On stderr, as everything that is no result.
    sys.stderr.write(printable(question))
    sys.stderr.flush()
    return sys.stdin.readline().strip()
