"""Whether the model keeps to its directions, and what it does when a raw fact gets worse."""

from collections.abc import Sequence

import lightgbm
import numpy as np

from garant.features.feature import Feature
from garant.reports.section import Section, SectionMaker, Table
from garant.runs.direction_check import DirectionCheck, FactMoves, JudgedScore, check_directions
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.words import words_of
from garant.runs.worse_facts import drawn_clients, worsened
from garant.wording.catalogue import Wording

PD_DECIMALS = 2
"""Falls of a PD are shown in hundredths of a percentage point."""


def directions_kept(inquiry: Inquiry) -> Finding:
    """Raise each bound feature and, but for a quick model, worsen each raw fact; nothing when no direction binds."""
    model = inquiry.model
    bound = model.trained.parameters.monotone
    if not bound:
        return Finding()
    clients = drawn_clients(model.judged_on.ids, seed=model.trained.seed)
    columns = model.trained.columns
    worse = ()
    if not inquiry.options.fast:
        worse = worsened(
            model.accepted,
            clients,
            model.features,
            columns,
            settings=inquiry.settings,
            progress=lambda _, done, total: inquiry.progress("directions", done, total),
        )
    score = JudgedScore(
        booster=lightgbm.Booster(model_str=model.trained.model_text),
        columns=columns,
        calibrator=model.calibrator,
        threads=inquiry.settings.threads,
    )
    drawn = model.judged_on.rows(np.isin(model.judged_on.ids, clients))
    check = check_directions(score, drawn.matrix, bound, worse, seed=model.trained.seed)
    return Finding(
        sections=(section_of(check, model.features),),
        said=(said(check, len(model.features), later=model.split is not None),),
    )


def said(check: DirectionCheck, n_features: int, *, later: bool) -> str:
    """What was found, in a line; `later` says that the applicants are those of an out-of-time split."""
    moves = check.of_features
    who = f"{check.applicants} of the {'later applicants' if later else 'applicants trained on'}"
    line = (
        f"Directions bind {len(check.features)} of {n_features} features; raised alone for {who}, they moved "
        f"{moves.against} of {moves.rows} PDs the wrong way"
    )
    if not check.facts:
        return f"{line}."
    rows, against = sum(fact.moves.rows for fact in check.facts), sum(fact.moves.against for fact in check.facts)
    largest = max(fact.largest_pd for fact in check.facts)
    fell = f"lowered {against} of {rows} PDs, by {100 * largest:.2f} percentage points at most"
    return f"{line}. Worse raw facts {fell} (validation.html)."


def section_of(check: DirectionCheck, features: Sequence[Feature]) -> SectionMaker:
    """Section of the validation report."""

    def make(wording: Wording) -> Section:
        moves = check.of_features
        numbers = {
            "bound": wording.number(len(check.features)),
            "features": wording.number(len(features)),
            "applicants": wording.number(check.applicants),
            "rows": wording.number(moves.rows),
            "against": wording.number(moves.against),
            "largest": wording.number(moves.largest, decimals=4),
        }
        paragraphs = ["report.directions.bound", "report.directions.features"]
        tables = ()
        if check.facts:
            paragraphs.append("report.directions.facts")
            tables = (fact_table(check.facts, features, wording),)
        return Section(
            name="directions",
            heading=wording.text("report.heading.directions"),
            paragraphs=tuple(wording.text(key, **numbers) for key in paragraphs),
            alarms=(wording.text("report.directions.broken", **numbers),) if moves.against else (),
            tables=tables,
        )

    return make


def fact_table(facts: Sequence[FactMoves], features: Sequence[Feature], wording: Wording) -> Table:
    """One row per raw fact that got worse."""
    words, by_name = words_of(features, wording.language), {feature.name: feature for feature in features}

    def led_by(fact: FactMoves) -> str:
        if fact.led_by is None:
            return wording.text("report.none")
        feature = by_name[fact.led_by]
        return words.label(feature.text, window=str(feature.window))

    columns = ("worse_fact", "applicants", "pd_fell", "pd_fell_share", "largest_fall", "led_by")
    return Table(
        caption=wording.text("report.directions.caption"),
        columns=tuple(wording.text(f"report.column.{column}") for column in columns),
        rows=tuple(
            (
                wording.text(f"report.worse_fact.{fact.fact}"),
                wording.number(fact.moves.rows),
                wording.number(fact.moves.against),
                _share(fact.moves.against, fact.moves.rows, wording),
                wording.percent(fact.largest_pd, decimals=PD_DECIMALS, fixed=True),
                led_by(fact),
            )
            for fact in facts
        ),
    )


def _share(part: int, whole: int, wording: Wording) -> str:
    return wording.percent(part / whole, decimals=1, fixed=True) if whole else wording.text("report.none")
