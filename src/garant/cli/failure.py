"""How a failure is said: one message on stderr, a traceback only when asked for."""

import sys
import traceback

from garant.cli.printable import printable
from garant.exceptions import GarantError


def report_error(error: GarantError, *, debug: bool) -> int:
    """Print an error that garant raised on purpose; return its exit code."""
    if debug:
        traceback.print_exception(error)
    print(f"error: {printable(str(error))}", file=sys.stderr)
    return error.exit_code


def report_bug(error: Exception, *, debug: bool) -> int:
    """Print an error that nobody foresaw; return 4."""
    if debug:
        traceback.print_exception(error)
    text = f"error: internal error ({type(error).__name__}: {printable(str(error))}). No result is to be trusted."
    print(f"{text} Run the command again with --debug and report what it prints.", file=sys.stderr)
    return 4
