"""Progress says how long a step still takes."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from garant.cli.show import StepProgress, TimeLeftColumn, time_left


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress(TimeLeftColumn(), console=Console(file=io.StringIO()), get_time=clock)


def said_of(progress: Progress) -> str:
    return str(TimeLeftColumn()(progress.tasks[0]))


def test_the_rest_of_a_step_follows_from_what_its_part_took(clock: Clock, progress: Progress) -> None:
    step = StepProgress(progress)
    said: dict[float, str] = {}
    for now, done in ((0, 0), (45, 0), (90, 1), (120, 1), (180, 2), (300, 2), (540, 6)):
        clock.now = now
        step("folds", done, 6)
        said[now] = said_of(progress)
    assert said[0] == said[45] == "", "nothing is known before the first fold"
    assert said[90] == "about 8 min left"
    # The estimate runs down between two folds instead of growing with the time that passes.
    assert said[120] == "about 7 min left"
    assert said[180] == "about 6 min left"
    assert said[300] == "about 4 min left"
    assert said[540] == ""


def test_a_step_of_seconds_gets_no_estimate(clock: Clock, progress: Progress) -> None:
    step = StepProgress(progress)
    for now in (0, 1):
        clock.now = now
        step("matrix", now, 5)
    assert said_of(progress) == ""


def test_a_late_step_is_a_moment_from_its_end() -> None:
    assert time_left(-30.0) == "a moment left"
    assert time_left(59.0) == "about 59 s left"
    assert time_left(61.0) == "about 2 min left"
