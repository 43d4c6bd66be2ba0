"""What would have changed the result of fifty refused people: nothing forbidden moves, every result is accepted."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.counterfactual_text import told
from garant.explanations.counterfactuals import MAX_RESULTS, NOT_ENOUGH, WRONG_SIGN, Found, Judged
from garant.explanations.moves.catalogue import MoveCatalogue, touched
from garant.policy.outcome import ACCEPT
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.moving_features import MovingFeatures
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
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
            assert not np.array_equal(ours.matrix, scored[client].matrix, equal_nan=True), move.name


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
