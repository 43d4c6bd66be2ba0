"""Exact contributions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lightgbm
import numpy as np
import pytest

import garant.explanations.contributions as module
from garant.exceptions import InvariantError
from garant.explanations.contributions import (
    WORTH_COMPILING,
    check_additive,
    checked_contributions,
    contributions,
    contributions_of_few,
    prepared,
    slow_notice,
)
from garant.explanations.treeshap.compiled import explainer_class


@pytest.fixture(scope="module")
def fitted() -> tuple[lightgbm.Booster, np.ndarray]:
    """A small model with missing values, and rows to explain."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(600, 5)).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    label = (np.nan_to_num(matrix[:, 0]) + rng.normal(size=600) > 0.5).astype(int)
    data = lightgbm.Dataset(matrix, label)
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, num_boost_round=20)
    return booster, matrix


def test_contributions_and_base_value_add_up_to_the_margin(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    booster, matrix = fitted
    values = contributions(booster, matrix)
    assert values.shape == (600, 6)
    check_additive(values, np.asarray(booster.predict(matrix, raw_score=True)))


@pytest.mark.parametrize(("off", "said"), [(1e-6, "1e-06"), (2e-9, "2e-09")])
def test_a_contribution_that_is_off_by_little_is_withheld_and_by_how_much_is_said(
    fitted: tuple[lightgbm.Booster, np.ndarray], off: float, said: str
) -> None:
    booster, matrix = fitted
    values = contributions(booster, matrix)
    margin = np.asarray(booster.predict(matrix, raw_score=True))
    values[17, 2] += off
    with pytest.raises(InvariantError, match=f"by up to {said} log-odds; the explanation is withheld"):
        check_additive(values, margin)


def test_rows_that_nobody_has_scored_are_held_against_their_margin_too(
    fitted: tuple[lightgbm.Booster, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    booster, matrix = fitted
    right = contributions(booster, matrix)
    np.testing.assert_array_equal(checked_contributions(booster, matrix), right)
    assert checked_contributions(booster, matrix[:0]).shape == (0, 6)
    monkeypatch.setattr(module, "contributions", lambda *_, **__: right + 1e-3)
    with pytest.raises(InvariantError, match="withheld"):
        checked_contributions(booster, matrix)


def test_a_margin_that_is_not_a_number_is_withheld() -> None:
    with pytest.raises(InvariantError, match="withheld"):
        check_additive(np.array([[np.nan, 0.0]]), np.array([0.0]))


def test_nobody_is_explained_by_an_empty_array(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    booster, matrix = fitted
    assert contributions(booster, matrix[:0]).shape == (0, 6)


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which numba is not installed."""
    monkeypatch.setitem(sys.modules, "numba", None)
    explainer_class.cache_clear()
    yield
    explainer_class.cache_clear()


@pytest.mark.usefixtures("without_numba")
def test_without_numba_lightgbm_explains_and_the_user_is_told() -> None:
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(300, 3)).astype(np.float32)
    booster = lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(matrix, matrix[:, 0].copy()), 5)
    assert np.array_equal(contributions(booster, matrix), np.asarray(booster.predict(matrix, pred_contrib=True)))
    assert "pip install 'garant[fast]'" in (slow_notice(booster, WORTH_COMPILING) or "")
    assert slow_notice(booster, 300) is None


def test_the_size_of_the_whole_decides_how_every_part_is_explained(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    """So a portfolio has the same bits however it is cut."""
    booster, matrix = fitted
    by_lightgbm = np.asarray(booster.predict(matrix, pred_contrib=True))
    assert np.array_equal(contributions(booster, matrix), by_lightgbm)
    compiled = contributions(booster, matrix, of=WORTH_COMPILING)
    assert not np.array_equal(compiled, by_lightgbm)
    assert np.array_equal(contributions(booster, matrix[:7], of=WORTH_COMPILING), compiled[:7])


def test_with_numba_nobody_is_told_anything(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    assert slow_notice(fitted[0], WORTH_COMPILING) is None


def test_few_rows_are_explained_before_tables_are_made_and_by_them_afterwards(
    fitted: tuple[lightgbm.Booster, np.ndarray],
) -> None:
    """One person at a command line waits for no compiler; a service that prepared itself is fast for everybody."""
    booster = lightgbm.Booster(model_str=fitted[0].model_to_string())
    matrix = fitted[1][:3]
    before = contributions_of_few(booster, matrix)
    assert np.array_equal(before, np.asarray(booster.predict(matrix, pred_contrib=True)))
    assert prepared(booster) is not None
    after = contributions_of_few(booster, matrix)
    assert np.max(np.abs(after - before)) < 1e-13
    assert not np.array_equal(after, before)


def test_a_model_that_is_read_twice_has_its_tables_made_once(fitted: tuple[lightgbm.Booster, np.ndarray]) -> None:
    text = fitted[0].model_to_string()
    first, second = (prepared(lightgbm.Booster(model_str=text)) for _ in range(2))
    assert first is second


def place_of_compiled_code(cache: Path, temporary: Path) -> Path:
    """Where a new process of a user with this cache keeps its compiled code."""
    program = (
        "import numpy as np; from garant.explanations.treeshap.compiled import explainer_class; import numba; "
        "explainer_class(); print(numba.config.CACHE_DIR)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "TMPDIR": str(temporary)}
    environment.pop("NUMBA_CACHE_DIR", None)
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return Path(found.stdout.strip())


def test_compiled_code_goes_where_the_cache_of_the_user_is(tmp_path: Path) -> None:
    """Also where garant itself lies in a folder that nobody may write to; and by the sources it comes from."""
    assert place_of_compiled_code(tmp_path / "cache", tmp_path).parent == tmp_path / "cache" / "garant" / "compiled"


def test_compiled_code_of_somebody_who_has_no_cache_to_write_to_goes_to_a_temporary_folder(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, so that no folder can be made below it")
    found = place_of_compiled_code(tmp_path / "cache", tmp_path)
    assert found.parent == tmp_path
    assert found.name.startswith("garant-compiled-")
    # Nobody else may put code there.
    assert found.stat().st_mode & 0o077 == 0
