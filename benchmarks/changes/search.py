"""The search measured on refused people, one after the other, and every result scored again by the public path."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from changes.lender import CHUNK, Refused, refused_people, synthetic
from garant.explanations.counterfactuals import MAX_RESULTS, Found
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.move import Change
from garant.explanations.moves.terms import load_terms
from garant.policy.outcome import ACCEPT
from garant.runs.counterfactuals import CounterfactualSearch
from garant.settings import Settings
from garant.tables.variants import ClientRows

SCALE, SEED, PEOPLE = 0.025, 7, 2_000
HOME_CREDIT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "home_credit_linked_10k"
"""Real applications with child tables; not everybody has them."""

AMOUNT_MOVES = ("smaller-purchase", "down-payment", "longer-term")


def people_of(name: str, folder: Path, *, settings: Settings) -> Refused:
    """Refused people of one lender: `synthetic`, `burdened` or `home_credit`."""
    is_real = name == "home_credit"
    lender = HOME_CREDIT if is_real else synthetic(folder, scale=SCALE, seed=SEED, burdened=name == "burdened")
    without = ("installments_payments",) if is_real else ()
    return refused_people(lender, folder, seed=SEED, most=PEOPLE, without=without, settings=settings)


def measured(name: str, folder: Path, *, settings: Settings) -> dict[str, Any]:
    """Everything about one lender."""
    people = people_of(name, folder, settings=settings)
    catalogue = MoveCatalogue.of(load_terms(), people.scoring.accepted.config)
    all_rows = list(people.rows())
    wall: list[float] = []
    cpu: list[float] = []
    answers: list[Found] = []
    rows_of_one: list[int] = []
    forbidden = 0
    with CounterfactualSearch(people.scoring, catalogue) as search:
        for rows, known in zip(all_rows, people.known(all_rows), strict=True):
            # Queries are compiled once per set of moves: that is not what one more person takes.
            search.of(rows, known)
            begun, spent = time.perf_counter(), time.process_time()
            answers.append(search.of(rows, known))
            wall.append(time.perf_counter() - begun)
            cpu.append(time.process_time() - spent)
            rows_of_one.append(sum(table.num_rows for table in rows.values()))
            forbidden += _forbidden(rows, catalogue)
    results = [result for answer in answers for result in answer.results[:MAX_RESULTS]]
    steps = [step for answer in answers for result in answer.results for step in result.steps]
    rescued = sum(bool(answer.results) for answer in answers)
    by_amounts = sum(any(result.move in AMOUNT_MOVES for result in answer.results) for answer in answers)
    return {
        "people": len(answers),
        "of_applicants": people.applicants,
        "refer_band": [people.scoring.bundle.content.refer_band.lower, people.scoring.bundle.content.refer_band.upper],
        "trees": people.scoring.bundle.booster.num_trees(),
        "features": len(people.scoring.features),
        "rows_of_one": _quantiles(rows_of_one, 0),
        "variants_of_one": _quantiles([answer.variants for answer in answers], 0),
        "search_wall_ms": _quantiles([1e3 * each for each in wall], 1),
        "search_cpu_ms": _quantiles([1e3 * each for each in cpu], 1),
        "rescued": round(rescued / len(answers), 4),
        "rescued_by_amounts": round(by_amounts / len(answers), 4),
        "people_by_move": dict(Counter(result.move for answer in answers for result in answer.results).most_common()),
        "not_offered": dict(Counter(f"{m}: {why}" for a in answers for m, why in a.why_not.items()).most_common()),
        "results_told": len(results),
        "forbidden_changes": forbidden,
        "steps_scored_again": len(steps),
        "of_them_accepted": _accepted(people, steps),
    }


def _forbidden(rows: ClientRows, catalogue: MoveCatalogue) -> int:
    """Columns that a step of a move changes although it may not."""
    found = 0
    for move in catalogue.moves:
        for amount in move.offer(rows).amounts:
            for name, table in move.change(rows, amount).rows.items():
                before = rows[name]
                if table is not before:
                    allowed = move.touches.get(name, frozenset())
                    changed = {column for column in table.schema.names if not table[column].equals(before[column])}
                    found += len(changed - allowed)
    return found


def _accepted(people: Refused, steps: Sequence[Change]) -> int:
    found = 0
    for start in range(0, len(steps), CHUNK):
        scored = people.scoring.publicly([step.rows for step in steps[start : start + CHUNK]])
        found += int(np.sum(scored.proposals.outcome == ACCEPT))
    return found


def _quantiles(values: Sequence[float], digits: int) -> dict[str, float]:
    return {f"p{round(100 * at)}": round(float(np.quantile(values, at)), digits) for at in (0.5, 0.95, 0.99)}
