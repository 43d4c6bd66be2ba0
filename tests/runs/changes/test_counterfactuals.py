"""What would have changed the result of fifty refused people: nothing forbidden moves, every result is accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.counterfactual_text import told
from garant.explanations.counterfactuals import (
    MAX_RESULTS,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    WRONG_SIGN,
    Counterfactual,
    Found,
    Judged,
)
from garant.explanations.moves.catalogue import MoveCatalogue, touched
from garant.explanations.moves.move import Change
from garant.models.cutoff import ReferBand
from garant.policy.outcome import ACCEPT
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.moving_features import MovingFeatures
from garant.runs.variant_scoring import ScoredVariants, VariantScoring, have_equal_features
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

pytestmark = pytest.mark.xdist_group("changes")

Refused = dict[int, ClientRows]
Scored = dict[int, ScoredVariants]


class Counted(CounterfactualSearch):
    """A search that counts how often it asks the public path."""

    asked_publicly = 0

    def publicly(self, variants: Sequence[ClientRows]) -> Judged:
        self.asked_publicly += 1
        return super().publicly(variants)


class Recorded(VariantScoring):
    """Scoring that keeps what it was asked about."""

    @cached_property
    def seen(self) -> list[ScoredVariants]:
        return []

    def of_batch(self, batch: pa.RecordBatch) -> ScoredVariants:
        self.seen.append(super().of_batch(batch))
        return self.seen[-1]


def test_fifty_people_are_refused_and_some_of_them_can_be_told_what_would_have_changed_it(
    refused: Refused, found: dict[int, Found]
):
    assert len(refused) == 50
    helped = [client for client, each in found.items() if each.results]
    assert 5 <= len(helped) < 50
    moves = Counter(result.move for each in found.values() for result in each.results)
    assert {"smaller-purchase", "down-payment", "longer-term"} <= set(moves)


def test_every_result_is_accepted_by_the_public_path(
    scoring: VariantScoring, search: CounterfactualSearch, found: dict[int, Found]
):
    steps = [step for each in found.values() for result in each.results for step in result.steps]
    scored = scoring.publicly([step.rows for step in steps])
    assert scored.proposals.outcome.tolist() == [ACCEPT] * len(steps)
    some = next(each for each in found.values() if each.results)
    confirmed = search.confirmed(some)
    assert [result.move for result in confirmed.results] == [result.move for result in some.results[:MAX_RESULTS]]
    assert [len(r.steps) for r in confirmed.results] == [len(r.steps) for r in some.results[:MAX_RESULTS]]


def test_no_fact_moves_that_no_move_may_touch(refused: Refused, catalogue: MoveCatalogue):
    may_move = touched(catalogue.moves)
    for rows in refused.values():
        for move in catalogue.moves:
            for amount in move.offer(rows).amounts:
                variant = move.change(rows, amount).rows
                assert variant.keys() == rows.keys()
                for name, table in variant.items():
                    allowed = move.touches.get(name, frozenset())
                    assert allowed <= may_move.get(name, frozenset())
                    assert table.schema.equals(rows[name].schema)
                    moved = {column for column in table.schema.names if not table[column].equals(rows[name][column])}
                    assert moved <= allowed, (move.name, amount, name)


def test_the_smallest_change_comes_first_and_ranges_have_no_gap(
    scoring: VariantScoring, catalogue: MoveCatalogue, refused: Refused, found: dict[int, Found]
):
    moves = {move.name: move for move in catalogue.moves}
    for client, each in found.items():
        shares = [result.share for result in each.results]
        assert shares == sorted(shares)
        for result in each.results:
            offered = moves[result.move].offer(refused[client]).amounts
            amounts = tuple(step.amount for step in result.steps)
            first = offered.index(amounts[0])
            assert offered[first : first + len(amounts)] == amounts
    client, each = next((client, each) for client, each in found.items() if each.results)
    result = each.results[0]
    earlier = [
        a for a in moves[result.move].offer(refused[client]).amounts if a not in {s.amount for s in result.steps}
    ]
    smaller = [moves[result.move].change(refused[client], a) for a in earlier]
    smaller = [change for change in smaller if change.share < result.share]
    if smaller:
        scored = scoring.publicly([change.rows for change in smaller])
        assert ACCEPT not in scored.proposals.outcome.tolist()


def test_a_move_that_first_raises_the_risk_of_a_person_is_not_offered(
    scoring: VariantScoring, catalogue: MoveCatalogue, refused: Refused, found: dict[int, Found]
):
    moves = {move.name: move for move in catalogue.moves}
    wrong = [
        (client, name) for client, each in found.items() for name, why in each.why_not.items() if why == WRONG_SIGN
    ]
    assert wrong
    steps: list[list[ClientRows]] = []
    for client, name in wrong[:3]:
        rows = refused[client]
        steps.append([rows, *(moves[name].change(rows, amount).rows for amount in moves[name].offer(rows).amounts)])
    margins = scoring.publicly([variant for of_one in steps for variant in of_one]).scored.margin
    for of_one in np.split(margins, np.cumsum([len(of_one) for of_one in steps])[:-1]):
        moved = of_one[1:] - of_one[0]
        assert moved[moved != 0][0] > 0


def test_none_within_the_limits_is_an_answer_in_both_languages(found: dict[int, Found], catalogue: MoveCatalogue):
    none = next(each for each in found.values() if not each.results)
    assert NOT_ENOUGH in none.why_not.values()
    english = told(none, catalogue, Wording("en"), period="month", end="below_cutoff")
    french = told(none, catalogue, Wording("fr"), period="month", end="below_cutoff")
    assert english.results == ()
    assert "None of the changes" in english.none
    assert "larger down-payment" in english.none
    assert "Aucun des changements" in french.none


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "would have been below the cut-off, all else being equal."),
        ("fr", "aurait été sous le seuil, toutes choses égales par ailleurs."),
    ],
)
def test_results_are_said_without_a_promise(
    found: dict[int, Found], catalogue: MoveCatalogue, language: str, words: str
):
    for each in found.values():
        answer = told(each, catalogue, Wording(language), period="month", end="below_cutoff")
        assert (answer.none == "") == bool(answer.results)
        for result in answer.results:
            assert result.text.endswith(words)
            assert "AMT_" not in result.text


def test_features_of_steps_are_those_of_the_public_path(
    scoring: VariantScoring, catalogue: MoveCatalogue, refused: Refused, scored: Scored
):
    chosen = [
        (move, next(client for client, rows in refused.items() if move.offer(rows).amounts)) for move in catalogue.moves
    ]
    steps = [
        (client, move, move.change(refused[client], amount).rows)
        for move, client in chosen
        for amount in move.offer(refused[client]).amounts[::9]
    ]
    public = scoring.publicly([rows for _, _, rows in steps])
    with MovingFeatures(scoring.features, scoring.accepted) as quick:
        for number, (client, move, rows) in enumerate(steps):
            batch = quick.of_variants([rows], scored[client].batch, move.touches)
            ours = scoring.of_batch(batch)
            assert np.array_equal(ours.matrix[0], public.matrix[number], equal_nan=True), move.name
            assert ours.proposals.rule[0] == public.proposals.rule[number]
            assert facts_of_policy(ours, 0) == facts_of_policy(public, number), move.name
            assert not np.array_equal(ours.matrix, scored[client].matrix, equal_nan=True), move.name


def facts_of_policy(scored: ScoredVariants, row: int) -> dict[str, object]:
    """What the lender's rules read of a row."""
    batch = scored.batch.slice(row, 1)
    return batch.select([name for name in batch.schema.names if name.startswith("policy_")]).to_pylist()[0]


def test_a_search_sees_every_step_as_the_public_path_would(
    scoring: VariantScoring, catalogue: MoveCatalogue, refused: Refused, scored: Scored
):
    offers = {client: sum(bool(m.offer(rows).amounts) for m in catalogue.moves) for client, rows in refused.items()}
    client = max(offers, key=lambda each: offers[each])
    rows = refused[client]
    # Moves of the loan are three.
    assert offers[client] > 3
    steps = [move.change(rows, amount).rows for move in catalogue.moves for amount in move.offer(rows).amounts]
    recorded = Recorded(scoring.bundle, scoring.features, scoring.accepted, scoring.policy, scoring.settings)
    with CounterfactualSearch(recorded, catalogue) as search:
        search.of(rows, scored[client])
    (seen,) = recorded.seen
    assert np.array_equal(seen.matrix, scoring.publicly([rows, *steps]).matrix, equal_nan=True)


def test_what_the_public_path_refuses_is_no_result(search: CounterfactualSearch, refused: Refused):
    client, rows = next(iter(refused.items()))
    hoped = Found((Counterfactual("down-payment", (Change("down-payment", 1.0, 0.1, rows),)),))
    kept = search.confirmed(hoped)
    assert kept.results == (), client
    assert kept.why_not == {"down-payment": NOT_CONFIRMED}


def test_features_are_equal_only_with_the_facts_of_the_policy(scored: Scored):
    one, other = list(scored.values())[:2]
    assert have_equal_features(one, one)
    assert not have_equal_features(one, replace(one, matrix=other.matrix))
    names = one.batch.schema.names
    credit = pa.array([float(one.batch.column("policy_credit")[0].as_py() or 0) + 1])
    columns = [credit if name == "policy_credit" else one.batch.column(name) for name in names]
    assert not have_equal_features(one, replace(one, batch=pa.RecordBatch.from_arrays(columns, names=names)))


def test_whoever_is_referred_for_the_pd_is_not_below_the_cutoff_yet(scoring: VariantScoring, scored: Scored):
    one = next(iter(scored.values()))
    pd = float(one.scored.pd[0])
    content = scoring.bundle.content.model_copy(update={"refer_band": ReferBand(pd, (1 + pd) / 2)})
    banded = replace(scoring, bundle=replace(scoring.bundle, content=content)).of_batch(one.batch)
    assert (banded.judged.is_below.tolist(), banded.judged.is_accepted.tolist()) == ([False], [False])


def test_where_sqlite_gives_other_features_the_public_path_is_asked(
    scoring: VariantScoring, catalogue: MoveCatalogue, refused: Refused, scored: Scored, found: dict[int, Found]
):
    client = next(client for client, each in found.items() if each.results)
    another = next(other for other in refused if other != client)
    with Counted(scoring, catalogue) as counted:
        for known, questions in ((scored[client], 0), (scored[another], 1)):
            again = counted.of(refused[client], known)
            assert counted.asked_publicly == questions
            assert [result.move for result in again.results] == [result.move for result in found[client].results]


def test_an_application_without_an_instalment_gets_no_move_of_the_loan(
    search: CounterfactualSearch, refused: Refused, scored: Scored
):
    client, rows = next(iter(refused.items()))
    table = rows["application"]
    place = table.schema.get_field_index("AMT_ANNUITY")
    unknown = table.set_column(place, table.schema.field(place), pa.array([None], pa.int64()))
    found = search.of({**rows, "application": unknown}, scored[client])
    assert found.results == ()
    assert found.why_not["down-payment"] == "not_stated"
