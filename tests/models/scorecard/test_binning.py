"""Bins found by the library keep to what was asked of it, and its absence is said."""

import subprocess
import sys

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.scorecard import binning
from garant.models.scorecard.binning import MIN_SHARE, fit_bins
from garant.models.scorecard.bins import CategoryBins, NumberBins
from garant.models.scorecard.inputs import CardInput

needs_library = pytest.mark.skipif(not binning.can_bin(), reason="extra train is not installed")

NUMBER = CardInput(column=InputColumn("number"), direction=1, unit="score")


def rows(seed: int, n: int = 5000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=n).astype(np.float32)
    return values, (rng.random(n) < 1 / (1 + np.exp(2 - values))).astype(np.int8)


@needs_library
def test_bins_of_a_number_rise_with_the_risk_and_are_large_enough():
    values, label = rows(1)
    bins = fit_bins(values, label, NUMBER)
    assert isinstance(bins, NumberBins)
    assert 3 <= len(bins.edges) + 1 <= 8
    assert not bins.whole
    index = bins.index(values)
    counts = np.bincount(index, minlength=len(bins.kinds))[:-1]
    assert counts.min() >= MIN_SHARE * len(values)
    rates = [label[index == number].mean() for number in range(len(counts))]
    assert rates == sorted(rates)


@needs_library
def test_a_direction_that_the_rows_contradict_gives_no_bins():
    values, label = rows(1)
    assert fit_bins(-values, label, NUMBER) is None


@needs_library
def test_missing_values_decide_no_edge():
    values, label = rows(2)
    gaps = np.append(values, np.full(3000, np.nan, np.float32))
    with_gaps = fit_bins(gaps, np.append(label, np.ones(3000, np.int8)), NUMBER)
    without = fit_bins(values, label, NUMBER)
    assert with_gaps == without


@needs_library
def test_every_level_has_a_group_even_one_that_no_row_has():
    rng = np.random.default_rng(3)
    codes = rng.choice(4, 4000, p=[0.2, 0.2, 0.4, 0.2]).astype(np.float32)
    label = (rng.random(4000) < np.array([0.5, 0.05, 0.2, 0.1])[codes.astype(int)]).astype(np.int8)
    wanted = CardInput(column=InputColumn("job", ("clerk", "cook", "driver", "nobody")))
    bins = fit_bins(codes, label, wanted)
    assert isinstance(bins, CategoryBins)
    assert sorted(level for group in bins.groups for level in group) == ["clerk", "cook", "driver", "nobody"]
    assert bins.groups[0][0] == "clerk"
    assert len(bins.groups) == 3
    # The level that nobody has stands with the cooks, who are the most.
    assert ("cook", "nobody") in bins.groups


@needs_library
@pytest.mark.parametrize(
    ("values", "label"),
    [
        (np.full(500, np.nan), np.arange(500) % 2),
        (np.full(500, 3.0), np.arange(500) % 2),
        (np.arange(500.0), np.zeros(500)),
        (np.arange(30.0), np.arange(30) % 2),
    ],
    ids=["all missing", "one value", "no bad case", "few rows"],
)
def test_what_cannot_be_binned_is_left_out(values: np.ndarray, label: np.ndarray):
    assert fit_bins(values.astype(np.float32), label.astype(np.int8), NUMBER) is None


def test_without_the_library_the_message_says_what_to_install():
    code = (
        "import sys; sys.modules['optbinning'] = None\n"
        "from garant.models.scorecard.binning import require_binning\n"
        "require_binning()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingPartError" in done.stderr
    assert "pip install 'garant[train]'" in done.stderr
