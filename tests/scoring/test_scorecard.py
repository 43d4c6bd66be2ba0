"""A scorecard scores from its JSON alone, whatever the values, and rounding decides nothing."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.features.encode import InputColumn
from garant.models.cutoff import Outcome, ReferBand
from garant.models.scorecard.content import CardEntry, Scorecard
from garant.scoring.scorecard import predict_scorecard, printed_points

Columns = tuple[InputColumn, ...]

CUTOFF = 1 / 11


def people(n: int, seed: int = 1) -> np.ndarray:
    """Matrix of n people with gaps and strange codes."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.normal(size=n), rng.integers(0, 5, n), rng.uniform(0, 1, (n, 9))])
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix.astype(np.float32)


def bin_number(entry: CardEntry, value: float) -> int:
    """Bin of a value, found line by line as a person would."""
    for number, line in enumerate(entry.bins):
        if line.kind == "missing":
            if math.isnan(value):
                return number
        elif line.kind == "range":
            low = -math.inf if line.lower is None else float(np.float32(line.lower))
            high = math.inf if line.upper is None else float(np.float32(line.upper))
            if low <= value < high or (value == high == math.inf):
                return number
        elif line.kind == "levels":
            assert entry.levels is not None
            if value in {entry.levels.index(level) + 1 for level in line.levels or ()}:
                return number
        elif not math.isnan(value):
            return number
    raise AssertionError((entry.name, value))


def test_margin_pd_and_points_are_those_of_a_plain_computation(scorecard: Scorecard, columns: Columns):
    matrix = people(200)
    found = predict_scorecard(scorecard, matrix, columns)
    position = {column.name: number for number, column in enumerate(columns)}
    for row in range(len(matrix)):
        margin, printed = scorecard.intercept, 0
        for entry in scorecard.features:
            line = entry.bins[bin_number(entry, float(matrix[row, position[entry.name]]))]
            margin -= entry.weight * line.woe
            printed += line.points
        log_odds = 1.0312 * margin - 0.0123
        assert found.margin[row] == pytest.approx(margin)
        assert found.pd[row] == pytest.approx(1 / (1 + math.exp(-log_odds)))
        assert found.points[row] == pytest.approx(600 - 20 / math.log(2) * (log_odds + math.log(50)))
        assert printed_points(scorecard, matrix[row : row + 1], columns)[0] == printed


def test_every_strange_value_has_its_bin(scorecard: Scorecard, columns: Columns):
    matrix = np.zeros((6, len(columns)), dtype=np.float32)
    matrix[:, 2] = [0.3, 0.7, -np.inf, np.inf, np.nan, np.nextafter(np.float32(0.7), np.float32(0))]
    matrix[:, 1] = [0, 99, -1, 1.5, np.nan, 2]
    index = scorecard.card.bins_of(matrix, columns)
    assert index[:, 0].tolist() == [1, 2, 0, 2, 3, 1]
    assert index[:, 9].tolist() == [2, 2, 2, 2, 3, 0]
    assert np.all(np.isfinite(predict_scorecard(scorecard, matrix, columns).pd))


def test_scores_after_a_round_trip_through_json_are_equal_to_the_bit(scorecard: Scorecard, columns: Columns):
    matrix = people(1000)
    again = Scorecard.model_validate_json(scorecard.model_dump_json())
    before, after = (predict_scorecard(card, matrix, columns) for card in (scorecard, again))
    assert before.margin.tobytes() == after.margin.tobytes()
    assert before.pd.tobytes() == after.pd.tobytes()
    assert before.points.tobytes() == after.points.tobytes()


def test_a_person_scored_alone_gets_what_the_crowd_gets(scorecard: Scorecard, columns: Columns):
    matrix = people(500)
    together = predict_scorecard(scorecard, matrix, columns).pd
    alone = [predict_scorecard(scorecard, matrix[row : row + 1], columns).pd[0] for row in range(500)]
    assert together.tolist() == alone
    assert len(predict_scorecard(scorecard, matrix[:0], columns).pd) == 0


def test_the_order_of_the_columns_does_not_matter(scorecard: Scorecard, columns: Columns):
    matrix = people(50)
    order = list(range(len(columns)))[::-1]
    turned = predict_scorecard(scorecard, matrix[:, order], tuple(columns[i] for i in order))
    assert np.array_equal(turned.margin, predict_scorecard(scorecard, matrix, columns).margin)


def test_rounding_never_flips_a_decision(scorecard: Scorecard, columns: Columns):
    matrix = people(40_000)
    scored = predict_scorecard(scorecard, matrix, columns)
    band = ReferBand.at(CUTOFF)
    points_at_cutoff = 600 - 20 / math.log(2) * (math.log(CUTOFF / (1 - CUTOFF)) + math.log(50))
    by_pd = np.array([band.outcome(pd) is Outcome.ACCEPT for pd in scored.pd])
    assert np.array_equal(by_pd, scored.points > points_at_cutoff)
    # The danger is real: added up by hand, rounded points put some people on the other side.
    by_hand = printed_points(scorecard, matrix, columns)
    assert np.any(by_pd != (by_hand > points_at_cutoff))
    assert np.max(np.abs(by_hand - scored.points)) <= scorecard.largest_rounding + 1e-9


def test_a_matrix_without_a_feature_of_the_card_is_refused(scorecard: Scorecard, columns: Columns):
    with pytest.raises(InvariantError, match="needs number_8"):
        predict_scorecard(scorecard, people(3)[:, :-1], columns[:-1])
    with pytest.raises(InvariantError, match="with 11 columns"):
        predict_scorecard(scorecard, people(3)[:, :-1], columns)


def test_scoring_needs_nothing_that_made_the_bins(scorecard: Scorecard, columns: Columns, tmp_path: Path):
    matrix = people(20)
    path = tmp_path / "challenger.json"
    path.write_text(scorecard.model_dump_json())
    np.save(tmp_path / "matrix.npy", matrix)
    code = f"""
import sys
for name in ("optbinning", "ortools", "pandas", "matplotlib", "cvxpy"):
    sys.modules[name] = None
from pathlib import Path
import numpy as np
from garant.features.encode import InputColumn
from garant.models.scorecard.content import Scorecard
from garant.scoring.scorecard import predict_scorecard
card = Scorecard.model_validate_json(Path({str(path)!r}).read_bytes())
columns = [InputColumn(name) for name in {[column.name for column in columns]!r}]
print([pd.hex() for pd in predict_scorecard(card, np.load({str(tmp_path / "matrix.npy")!r}), columns).pd])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = [pd.hex() for pd in predict_scorecard(scorecard, matrix, columns).pd.tolist()]
    assert done.stdout.strip() == str(expected)
