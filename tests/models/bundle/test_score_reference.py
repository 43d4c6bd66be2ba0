"""Distribution of the score that a bundle keeps."""

import numpy as np
import pytest
from pydantic import ValidationError

from garant.models.bundle.reference import count_bins
from garant.models.bundle.score_reference import ScoreReference, score_reference


def test_everybody_is_counted_in_tenths_whose_edges_are_no_exact_score_of_a_person() -> None:
    pd = np.random.default_rng(1).beta(1, 10, size=5_000)
    found = score_reference(pd)
    assert sum(found.rows) == 5_000
    assert len(found.rows) == 10
    assert all(450 < rows < 550 for rows in found.rows)
    assert not set(found.edges) & set(pd.tolist())


def test_a_small_sample_has_fewer_bins_of_twenty_persons() -> None:
    found = score_reference(np.linspace(0.01, 0.3, 70))
    assert sum(found.rows) == 70
    assert min(found.rows) >= 20


def test_a_pd_that_equals_an_edge_is_in_the_bin_above() -> None:
    assert count_bins(np.array([0.1, 0.2, 0.3]), (0.2,)).tolist() == [1, 2]


@pytest.mark.parametrize("wrong", [{"rows": (1,)}, {"rows": (0, 0)}, {"edges": (0.2, 0.1), "rows": (1, 1, 1)}])
def test_counts_that_do_not_fit_are_refused(wrong: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValidationError, match="score_reference"):
        ScoreReference.model_validate({"edges": (0.1,), "rows": (1, 2)} | wrong)
