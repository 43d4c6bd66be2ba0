"""A study goes on where it stopped, whatever stopped it, and asks the time of nobody twice."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from garant.exceptions import MissingPartError, UsageError
from garant.models.parameters import Parameters, default_parameters
from garant.models.tuning import study as study_module
from garant.models.tuning.space import PENALTIES, SHARES, TUNED, WHOLE, values_of, with_values
from garant.models.tuning.study import FILE, Tried, Valued, run_study
from garant.storage.durable import lock_folder

START = default_parameters(20_000)


def worth(parameters: Parameters) -> float:
    """Best with 20 leaves and three of ten features."""
    return 0.8 - abs(parameters.num_leaves - 20) / 100 - abs(parameters.feature_fraction - 0.3) / 10


class Counted:
    """Values parameters; interrupts when so many sets were valued."""

    def __init__(self, stop_at: int | None = None, seconds: float = 0.0) -> None:
        self.seen: list[Parameters] = []
        self._stop_at, self._seconds = stop_at, seconds

    def __call__(self, parameters: Parameters, heartbeat: Callable[[], None]) -> Iterator[float]:
        if self._stop_at is not None and len(self.seen) >= self._stop_at:
            raise KeyboardInterrupt
        self.seen.append(parameters)
        for _ in range(3):
            time.sleep(self._seconds)
            heartbeat()
            yield worth(parameters)


def run(folder: Path, valued: Valued, *, seconds: float = 600.0) -> Tried:
    return run_study(folder, valued, START, seed=3, seconds=seconds)


def test_an_interrupted_study_tries_what_an_uninterrupted_one_would_have_tried(tmp_path: Path) -> None:
    whole, first, second = Counted(14), Counted(5), Counted(9)
    for folder, valued in (("whole", whole), ("parts", first), ("parts", second)):
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / folder, valued)
    assert whole.seen[0] == START
    assert len(set(map(str, whole.seen))) == 14
    assert [*first.seen, *second.seen] == whole.seen
    # Valuing nothing more, the study still knows all that was finished.
    found = run(tmp_path / "parts", Counted(0), seconds=1e-6)
    assert found.trials + found.broken_off == 14
    assert found.best == max(whole.seen, key=worth)
    assert found.best_value == pytest.approx(worth(found.best))
    assert found.default_value == pytest.approx(worth(START))


def test_the_parameters_it_started_from_are_valued_however_short_the_time(tmp_path: Path) -> None:
    found = run(tmp_path, Counted(seconds=0.01), seconds=1e-6)
    assert (found.trials, found.best) == (1, START)


def test_the_time_of_earlier_commands_counts(tmp_path: Path) -> None:
    first = run(tmp_path, Counted(seconds=0.01), seconds=0.5)
    again = Counted()
    assert run(tmp_path, again, seconds=0.5) == first
    assert not again.seen
    assert first.seconds < 10
    longer = run(tmp_path, Counted(seconds=0.01), seconds=first.seconds + 1.5)
    assert longer.trials + longer.broken_off > first.trials + first.broken_off


def test_a_set_is_given_up_in_its_middle_when_the_time_of_all_commands_is_over(tmp_path: Path) -> None:
    def slow(parameters: Parameters, heartbeat: Callable[[], None]) -> Iterator[float]:
        for _ in range(1 if parameters == START else 300):
            time.sleep(0.01)
            heartbeat()
            yield worth(parameters)

    first = run(tmp_path, slow, seconds=1e-6)
    found = run(tmp_path, slow, seconds=first.seconds + 0.2)
    # Three seconds would finish the second set.
    assert (found.trials, found.broken_off) == (1, 0)
    assert found.seconds > first.seconds + 0.2


def test_whoever_waits_is_told_the_best_value_so_far(tmp_path: Path) -> None:
    told: list[tuple[float | None, int]] = []
    valued = Counted(6)
    with pytest.raises(KeyboardInterrupt):
        run_study(
            tmp_path, valued, START, seed=3, seconds=600.0, told=lambda _, best, finished: told.append((best, finished))
        )
    assert told[0] == (None, 0)
    assert told[-1][1] == 6
    for best, finished in told:
        assert not finished or best == pytest.approx(max(map(worth, valued.seen[:finished])))


def test_a_file_that_a_killed_command_left_half_written_is_mended(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Counted(4))
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write('{"op_code": 6, "trial')
    # A lock of the library that nobody will take away.
    (tmp_path / f"{FILE}.lock").symlink_to(tmp_path / FILE)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Counted(2))
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line) for line in lines)
    assert run(tmp_path, Counted(0), seconds=1e-6).trials >= 5


def test_a_set_that_falls_behind_is_broken_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Counted(30))
    found = run(tmp_path, Counted(0), seconds=1e-6)
    assert found.broken_off > 0
    assert found.trials > 4


def test_two_commands_do_not_work_on_one_study(tmp_path: Path) -> None:
    assert lock_folder(tmp_path) is not None
    with pytest.raises(UsageError, match="another command tunes the same model"):
        run(tmp_path, Counted())


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(study_module, "find_spec", lambda name: None if name == "optuna" else find_spec(name))
    with pytest.raises(MissingPartError, match=r"--tune needs optuna, .*pip install 'garant\[train\]'"):
        run(tmp_path, Counted())


@pytest.mark.parametrize("rows", [800, 20_000, 300_000])
def test_the_default_parameters_lie_inside_the_space(rows: int) -> None:
    values = values_of(default_parameters(rows))
    assert set(values) == set(TUNED)
    for name, (low, high) in {**WHOLE, **SHARES, **PENALTIES}.items():
        assert low <= values[name] <= high, name
    changed = with_values(START, {"num_leaves": 9})
    assert changed == dataclasses.replace(START, num_leaves=9)
