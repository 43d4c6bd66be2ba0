"""What two bundles would decide otherwise: sums that add up, causes that are right."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import ReconciliationError
from garant.models.cutoff import Costs
from garant.models.fairness import NOT_STATED
from garant.models.product_cutoffs import Cutoffs
from garant.policy.outcome import ACCEPT, REFER, REFUSE
from garant.runs.accept import accepted_tables
from garant.runs.comparison.causes import by_cutoff_alone, reason_counts
from garant.runs.comparison.flows import book_of, flows_of
from garant.runs.comparison.groups import GroupChange, group_changes, large_enough
from garant.runs.comparison.pairs import Pairs, Side, pairs_of
from garant.runs.score import ScoreResult
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage.runs import Run
from garant.tables.schema import TABLES

CUTOFFS = Cutoffs.of(Costs(1, 10), {"Revolving loans": Costs(1, 4)})


def side(outcome: list[int], pd: list[float], cutoff: float = 0.1, reason: list[str | None] | None = None) -> Side:
    """One bundle's words on a few applicants."""
    return Side(
        outcome=np.array(outcome, dtype=np.int8),
        pd=np.array(pd),
        cutoff=np.full(len(pd), cutoff),
        reason=tuple(reason or [None] * len(pd)),
    )


@pytest.fixture
def pairs() -> Pairs:
    """Six applicants: one stays, two become stricter, one milder, one is referred by both, one was set aside."""
    nan = float("nan")
    return Pairs(
        client=pa.array([1, 2, 3, 4, 5, None], pa.int64()),
        a=side(
            [ACCEPT, ACCEPT, ACCEPT, REFUSE, REFER, REFER],
            [0.02, 0.05, 0.06, 0.3, 0.11, nan],
            reason=[None, None, None, "DEBT", "DEBT", "QUARANTINED"],
        ),
        b=side(
            [ACCEPT, REFUSE, REFER, ACCEPT, REFER, REFER],
            [0.03, 0.2, 0.09, 0.04, 0.09, nan],
            reason=[None, "ARREARS", "ARREARS", None, "DEBT", "QUARANTINED"],
        ),
        credit=np.array([100.0, 200.0, 300.0, 400.0, 500.0, nan]),
        label=np.array([0.0, 1.0, 0.0, 0.0, 1.0, nan]),
        yardstick=CUTOFFS.rows(np.array(["Cash loans"] * 4 + [None] * 2, dtype=np.object_)),
    )


def test_flows_hold_everybody_once_and_agree_with_both_books(pairs: Pairs) -> None:
    flows = flows_of(pairs)
    books = [book_of(pairs, one) for one in (pairs.a, pairs.b)]
    assert len(flows) == 9
    assert sum(flow.applicants for flow in flows) == len(pairs)
    assert sum(flow.credit for flow in flows) == 1500.0
    for word in {flow.a for flow in flows}:
        assert sum(flow.applicants for flow in flows if flow.a == word) == books[0].applicants[word]
        assert sum(flow.applicants for flow in flows if flow.b == word) == books[1].applicants[word]
        assert sum(flow.credit for flow in flows if flow.b == word) == books[1].credit[word]
    assert sum(flow.cost_change for flow in flows) == pytest.approx(books[1].cost - books[0].cost)


def test_the_cost_of_each_bundle_is_that_of_its_wrong_decisions_alone(pairs: Pairs) -> None:
    # A accepts the bad payer 2 (10) and turns the good payer 4 away (1); 5 is bad and referred above the cut-off.
    assert book_of(pairs, pairs.a).cost == 11
    # B turns 2 away and accepts 4; it refers 3, good, and 5, bad, both below its cut-off: 5 counts as accepted.
    book = book_of(pairs, pairs.b)
    assert (book.cost, book.bad_accepted, book.good_refused) == (10, 1, 0)
    assert book.bad_credit_accepted == 500.0


def test_first_reasons_add_up_to_those_whose_outcome_differs(pairs: Pairs) -> None:
    found = {count.code: (count.stricter, count.milder) for count in reason_counts(pairs)}
    assert found == {"ARREARS": (2, 0), "DEBT": (0, 1)}
    assert sum(map(sum, found.values())) == pairs.changed.sum()


def test_a_moved_cutoff_is_told_from_another_pd(pairs: Pairs) -> None:
    # Client 3 is referred by B's band although B's PD lies on the same side of A's cut-off.
    assert by_cutoff_alone(pairs) == 1


def test_each_applicant_costs_what_a_says_of_the_product(pairs: Pairs) -> None:
    product = np.array(["Cash loans", "Revolving loans", *["Cash loans"] * 4], dtype=np.object_)
    by_product = replace(pairs, yardstick=CUTOFFS.rows(product))
    assert book_of(pairs, pairs.a).cost - book_of(by_product, pairs.a).cost == 6


def test_a_group_of_a_few_persons_is_joined_with_the_next_larger_one() -> None:
    assert large_enough(np.array([300, 4, 0, 60, 7])) == [[0], [1, 3, 4]]
    assert large_enough(np.array([25, 30])) == [[0], [1]]
    assert large_enough(np.array([3, 5])) == [[0, 1]]


Rows = list[dict[str, Any]]


@pytest.fixture
def scored(model: TrainResult, tmp_path: Path) -> Callable[..., ScoreResult]:
    """Run of the model with the given scores; the matrix lies in two parts, in another order than the scores."""

    def make(name: str, scores: Rows, matrix: Rows) -> ScoreResult:
        folder = tmp_path / name
        (folder / "scores").mkdir(parents=True)
        (folder / "matrix").mkdir()
        pq.write_table(pa.Table.from_pylist(scores), folder / "scores" / "part-0.parquet")
        for number, rows in enumerate((matrix[1:], matrix[:1])):
            pq.write_table(pa.Table.from_pylist(rows), folder / "matrix" / f"part-{number}.parquet")
        run = Run(run_id=name, attempt=1, place=folder, folder=folder)
        return ScoreResult(run=run, bundle=model.bundle, accepted=model.accepted, repeated=False)

    return make


def score_row(line: int, client: int | None, outcome: str, pd: float | None) -> dict[str, Any]:
    """What is said of one applicant."""
    product = None if pd is None else "Cash loans"
    place = {"source_file": "application_train.csv", "source_line": line, "SK_ID_CURR": client}
    reason = {"reason_1_code": None if outcome == "accept" else "DEBT"}
    return {**place, "pd": pd, "product": product, "cutoff": 0.1, "outcome": outcome, **reason}


def matrix_row(line: int, credit: float, label: int | None) -> dict[str, Any]:
    """What the run kept of the features of one applicant."""
    place = {"source_file": "application_train.csv", "source_line": line}
    return {**place, "policy_credit": credit, "TARGET": label}


MATRIX = [matrix_row(2, 200.0, 1), matrix_row(3, 300.0, None), matrix_row(5, 500.0, 0)]


@pytest.mark.xdist_group("own")
def test_two_runs_are_paired_row_by_row_whatever_the_order_of_their_files(
    scored: Callable[..., ScoreResult], model: TrainResult
) -> None:
    by_a = [score_row(5, 15, "accept", 0.05), score_row(2, 12, "refuse", 0.3), score_row(3, 13, "accept", 0.02)]
    by_b = [score_row(3, 13, "refuse", 0.2), score_row(5, 15, "accept", 0.04), score_row(2, 12, "refer", 0.1)]
    aside = score_row(4, None, "refer", None)
    pairs = pairs_of(scored("a", [aside, *by_a], MATRIX), scored("b", [*by_b, aside], MATRIX[::-1]))
    assert pairs.client.to_pylist() == [12, 13, None, 15]
    assert pairs.a.outcome.tolist() == [REFUSE, ACCEPT, REFER, ACCEPT]
    assert pairs.b.outcome.tolist() == [REFER, REFUSE, REFER, ACCEPT]
    assert np.array_equal(pairs.a.pd, [0.3, 0.02, np.nan, 0.05], equal_nan=True)
    assert np.array_equal(pairs.b.pd, [0.1, 0.2, np.nan, 0.04], equal_nan=True)
    assert pairs.a.reason == ("DEBT", None, "DEBT", None)
    assert np.array_equal(pairs.credit, [200, 300, np.nan, 500], equal_nan=True)
    assert np.array_equal(pairs.label, [1, np.nan, np.nan, 0], equal_nan=True)
    assert pairs.yardstick.cutoff.tolist() == [model.bundle.content.cutoff] * 4


@pytest.mark.xdist_group("own")
@pytest.mark.parametrize(
    "other",
    [
        [score_row(2, 12, "accept", 0.05)],
        [score_row(2, 12, "accept", 0.05), score_row(4, 13, "accept", 0.05)],
        [score_row(2, 12, "accept", 0.05), score_row(3, 14, "accept", 0.05)],
    ],
    ids=["one fewer", "another line", "another client"],
)
def test_runs_of_other_applicants_are_not_compared(scored: Callable[..., ScoreResult], other: Rows) -> None:
    first = scored("a", [score_row(2, 12, "accept", 0.05), score_row(3, 13, "accept", 0.05)], MATRIX)
    with pytest.raises(ReconciliationError, match=f"scored 2 and {len(other)} applicants that are not the same"):
        pairs_of(first, scored("b", other, MATRIX))


def test_groups_count_whom_each_bundle_accepts_and_who_was_set_aside_states_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    amounts = "AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY"
    header = f"SK_ID_CURR,TARGET,NAME_CONTRACT_TYPE,{amounts},DAYS_EMPLOYED,DAYS_BIRTH,CODE_GENDER"
    rows = [f"{100 + n},{n % 2},Cash loans,1000,5000,300,-400,-12000,{'F' if n < 30 else 'M'}" for n in range(55)]
    (tmp_path / "application_train.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    without = tuple(table for table in TABLES if table != "application")
    accepted = accepted_tables(tmp_path, purpose="train", without=without, settings=settings)

    # Women 100 to 129, men 130 to 154, then twenty rows that were set aside.
    def judged(accepted: range) -> Side:
        outcome = [ACCEPT if 100 + n in accepted else REFUSE for n in range(55)] + [REFER] * 20
        return side(outcome, [0.05] * 55 + [float("nan")] * 20)

    nobody = np.full(75, np.nan)
    pairs = Pairs(
        client=pa.array([*range(100, 155), *[None] * 20], pa.int64()),
        a=judged(range(100, 140)),
        b=judged(range(125, 150)),
        credit=nobody,
        label=nobody,
        yardstick=CUTOFFS.rows(np.full(75, None)),
    )
    by_sex = [change for change in group_changes(accepted, pairs) if change.attribute == "sex"]
    assert by_sex == [
        GroupChange("sex", ("F",), applicants=30, accepted_a=30, accepted_b=5, only_a=25, only_b=0),
        GroupChange("sex", ("M",), applicants=25, accepted_a=10, accepted_b=20, only_a=0, only_b=10),
        GroupChange("sex", (NOT_STATED,), applicants=20, accepted_a=0, accepted_b=0, only_a=0, only_b=0),
    ]
