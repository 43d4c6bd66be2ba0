"""Tables on stdout, progress on stderr and only on a terminal."""

import csv
import json
import math
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from garant.cli.printable import printable

Output = Literal["table", "json", "csv"]

Cell = str | int | float | None


class _Console(Console):
    """Console that leaves a reader who went away (`| head`) to the command's one place that handles it."""

    def on_broken_pipe(self) -> None:
        """Let the command end quietly instead of with the library's exit code 1."""
        raise BrokenPipeError


def print_json(value: object) -> None:
    """Print one JSON value."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_rows(rows: Sequence[Mapping[str, Cell]], *, output: Output, title: str = "") -> None:
    """Print rows of the same keys as a table, as JSON or as CSV."""
    if output == "json":
        print_json(list(rows))
    elif output == "csv":
        from garant.tables.csv_cells import harmless

        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)
    elif rows:
        print_table([[_shown(cell) for cell in row.values()] for row in rows], header=list(rows[0]), title=title)


def print_table(rows: Iterable[Sequence[str]], *, header: Sequence[str], title: str = "") -> None:
    """Print a table with a header; columns of numbers are aligned to the right."""
    listed = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for position, name in enumerate(header):
        numbers = all(_is_number(row[position]) for row in listed if row[position])
        table.add_column(name, justify="right" if numbers and listed else "left", overflow="fold")
    for row in listed:
        table.add_row(*map(printable, row))
    console = _Console(markup=False)
    if not console.is_terminal:
        # Piped output keeps every column whole instead of folding it at 80 characters.
        console = _Console(markup=False, width=400)
    console.print(table)


def say(text: str = "") -> None:
    """Print a line of text, without markup."""
    _Console(markup=False, highlight=False, soft_wrap=True).print(printable(text))


def warn(text: str) -> None:
    """Print a warning on stderr, where it reaches a person whatever becomes of stdout."""
    _Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(f"warning: {printable(text)}")


def heading(text: str) -> None:
    """Print a heading."""
    _Console(markup=False, highlight=False, soft_wrap=True).print(text, style="bold")


class StepProgress:
    """Progress of steps: call it with the step's text, how much is done and the total.

    What follows a colon in the text may change while the step goes on.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` of `step` are done."""
        name = step.partition(":")[0]
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(step, total=total, at_last_advance=0.0)
        number = self._tasks[name]
        task = self._progress.tasks[self._progress.task_ids.index(number)]
        at = task.elapsed if done > task.completed else task.fields["at_last_advance"]
        self._progress.update(number, description=step, completed=done, total=total, at_last_advance=at)


class TimeLeftColumn(ProgressColumn):
    """About how long a step still takes, told from how long what is done of it took.

    Rich's own estimate looks at the last 30 seconds, in which a fold of a large sample does not end.
    """

    def render(self, task: Task) -> Text:
        """Nothing before the first advance, in a step of seconds, and at the end."""
        at = float(task.fields["at_last_advance"])
        if not at or not task.total or task.completed >= task.total or task.elapsed is None:
            return Text("")
        expected = at * task.total / task.completed
        return Text(time_left(expected - task.elapsed) if expected >= SHORT_STEP_SECONDS else "")


SHORT_STEP_SECONDS = 10.0
"""A step that is expected to end within these is not worth an estimate."""


def time_left(seconds: float) -> str:
    """The rest of a step in words; "a moment" also when it should be over by now."""
    if seconds < 1:
        return "a moment left"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"about {seconds:.0f} s left"
    return f"about {math.ceil(seconds / 60)} min left"


@contextmanager
def step_progress() -> Generator[StepProgress]:
    """Progress bars on stderr; nothing is shown when stderr is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeLeftColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield StepProgress(progress)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _is_number(text: str) -> bool:
    """Whether a cell reads as a number of either language: digits, marks and any kind of space."""
    return "".join(text.split()).translate(_MARKS).isdigit()


_MARKS = str.maketrans("", "", ".,%-")
