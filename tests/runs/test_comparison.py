"""What two bundles would decide otherwise: sums that add up, causes that are right."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from garant.models.cutoff import Costs
from garant.models.product_cutoffs import Cutoffs
from garant.policy.outcome import ACCEPT, REFER, REFUSE
from garant.runs.comparison.causes import by_cutoff_alone, reason_counts
from garant.runs.comparison.flows import book_of, flows_of
from garant.runs.comparison.groups import large_enough
from garant.runs.comparison.pairs import Pairs, Side

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
