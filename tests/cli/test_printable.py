"""What stands in a foreign file cannot steer the terminal of the person who reads about it."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest

from garant.cli.failure import report_error
from garant.cli.show import print_table, say, warn
from garant.exceptions import TableError

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31mAMT\r"


@pytest.mark.parametrize(
    "tell",
    [
        say,
        warn,
        lambda text: print_table([[text]], header=["column"]),
        lambda text: report_error(TableError(text, rule="file.x"), debug=False),
    ],
    ids=["a line", "a warning", "a cell of a table", "an error"],
)
def test_control_characters_of_a_file_are_shown_not_sent(tell: Callable[[str], object]):
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        tell(HOSTILE)
    assert not any(mark in said.getvalue() for mark in ("\x1b", "\x07", "\x9b", "\r"))
    assert r"\x1b[2J" in said.getvalue().replace("\n", "")
