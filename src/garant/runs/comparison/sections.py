"""What a comparison says on its page: people, money, causes and groups, in the reader's language."""

import math
from collections.abc import Iterable, Sequence

from garant.models.cutoff import Outcome
from garant.reports.fairness_section import attribute_words, group_words
from garant.reports.section import Section, Table
from garant.runs.comparison.causes import BASE
from garant.runs.comparison.compare import Comparison
from garant.wording.catalogue import Wording

OUTCOMES = (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)

Row = tuple[str, ...]


def comparison_sections(found: Comparison, wording: Wording) -> tuple[Section, ...]:
    """Sections of the page, the most important first."""
    return (
        _people(found, wording),
        _money(found, wording),
        _reasons(found, wording),
        _families(found, wording),
        _groups(found, wording),
    )


def people_rows(found: Comparison, wording: Wording) -> list[Row]:
    """Applicants by outcome of A (rows) and of B (columns), with sums."""
    cells = {(flow.a, flow.b): flow.applicants for flow in found.flows}
    rows = [(_outcome(a, wording), *map(wording.number, _with_sum(cells[a, b] for b in OUTCOMES))) for a in OUTCOMES]
    total = _with_sum(sum(cells[a, b] for a in OUTCOMES) for b in OUTCOMES)
    return [*rows, (wording.text("compare.total"), *map(wording.number, total))]


def money_rows(found: Comparison, wording: Wording) -> list[Row]:
    """What the two portfolios are, and B less A."""
    one, other = found.books
    rows = [
        *(
            _amounts(wording.text(f"compare.money.{word}"), one.credit[word], other.credit[word], wording)
            for word in OUTCOMES
        ),
        _amounts(wording.text("compare.money.bad"), one.bad_credit_accepted, other.bad_credit_accepted, wording),
        _amounts(wording.text("compare.money.good"), one.good_credit_refused, other.good_credit_refused, wording),
        _counts(wording.text("compare.bad_accepted"), one.bad_accepted, other.bad_accepted, wording),
        _counts(wording.text("compare.good_refused"), one.good_refused, other.good_refused, wording),
    ]
    costs = wording.text("compare.cost", costs=str(found.a.content.costs))
    return [*rows, _counts(costs, one.cost, other.cost, wording)]


def reason_rows(found: Comparison, wording: Wording) -> list[Row]:
    """First reasons of those whose outcome differs, with sums."""
    rows = [
        (_reason(count.code, wording), wording.number(count.stricter), wording.number(count.milder))
        for count in found.reasons
    ]
    sums = [sum(count.stricter for count in found.reasons), sum(count.milder for count in found.reasons)]
    return [*rows, (wording.text("compare.total"), *map(wording.number, sums))]


def family_rows(found: Comparison, wording: Wording) -> list[Row]:
    """What each family moves, with sums; a dash where nobody's outcome differs in that way."""

    def shown(value: float) -> str:
        return wording.text("report.none") if math.isnan(value) else wording.number(value, decimals=3, fixed=True)

    rows = [
        (
            wording.text("compare.base" if shift.family == BASE else f"family.{shift.family}.label"),
            shown(shift.stricter),
            shown(shift.milder),
        )
        for shift in found.families
    ]
    sums = (math.fsum(s.stricter for s in found.families), math.fsum(s.milder for s in found.families))
    return [*rows, (wording.text("compare.total"), *map(shown, sums))]


def group_rows(found: Comparison, wording: Wording) -> list[Row]:
    """Share accepted by A and by B in each group, and who is accepted by one of them only."""
    return [
        (
            wording.text(
                "compare.group",
                attribute=attribute_words(group.attribute, wording),
                group=", ".join(group_words(group.attribute, name, wording) for name in group.groups),
            ),
            wording.number(group.applicants),
            _share(group.accepted_a, group.applicants, wording),
            _share(group.accepted_b, group.applicants, wording),
            wording.number(group.only_a),
            wording.number(group.only_b),
        )
        for group in found.groups
    ]


def _people(found: Comparison, wording: Wording) -> Section:
    n = len(found.pairs)
    return Section(
        name="people",
        heading=wording.text("compare.heading.people"),
        alarms=tuple(wording.text(key) for key in found.uneven),
        paragraphs=(
            wording.text(
                "compare.people",
                n=wording.number(found.n_changed),
                total=wording.number(n),
                share=wording.percent(found.n_changed / n if n else 0.0, decimals=2),
            ),
            *_by_cutoff(found, wording),
        ),
        tables=(
            Table(
                wording.text("compare.caption.people"),
                (
                    wording.text("compare.column.outcome"),
                    *(wording.text("compare.column.by_b", outcome=_outcome(word, wording)) for word in OUTCOMES),
                    wording.text("compare.total"),
                ),
                tuple(people_rows(found, wording)),
            ),
        ),
    )


def _by_cutoff(found: Comparison, wording: Wording) -> tuple[str, ...]:
    """How many outcomes differ by the cut-off alone, where any do."""
    if not found.n_changed:
        return ()
    if found.by_cutoff == found.n_changed:
        return (wording.text("compare.by_cutoff_all"),)
    return (wording.text("compare.by_cutoff", n=wording.number(found.by_cutoff)),)


def _money(found: Comparison, wording: Wording) -> Section:
    known = sum(flow.labelled for flow in found.flows)
    said = wording.text("compare.money", n=wording.number(known)) if known else wording.text("compare.money.unknown")
    columns = ("", "A", "B", wording.text("compare.column.difference"))
    return _section("money", said, columns, money_rows(found, wording), wording)


def _reasons(found: Comparison, wording: Wording) -> Section:
    columns = _columns(wording, "reason", "stricter", "milder")
    return _section("reasons", wording.text("compare.reasons"), columns, reason_rows(found, wording), wording)


def _families(found: Comparison, wording: Wording) -> Section:
    columns = _columns(wording, "family", "stricter", "milder")
    return _section("families", wording.text("compare.families"), columns, family_rows(found, wording), wording)


def _groups(found: Comparison, wording: Wording) -> Section:
    columns = _columns(wording, "group", "applicants", "accepted_a", "accepted_b", "only_a", "only_b")
    return _section("groups", wording.text("compare.groups"), columns, group_rows(found, wording), wording)


def _section(name: str, said: str, columns: Row, rows: Sequence[Row], wording: Wording) -> Section:
    """A sentence and a table; heading and caption have text ids made of `name`."""
    table = Table(wording.text(f"compare.caption.{name}"), columns, tuple(rows))
    return Section(name=name, heading=wording.text(f"compare.heading.{name}"), paragraphs=(said,), tables=(table,))


def _columns(wording: Wording, *names: str) -> Row:
    return tuple(wording.text(f"compare.column.{name}") for name in names)


def _with_sum(numbers: Iterable[int]) -> list[int]:
    listed = list(numbers)
    return [*listed, sum(listed)]


def _amounts(name: str, one: float, other: float, wording: Wording) -> Row:
    return (name, *(wording.money(amount) for amount in (one, other, other - one)))


def _counts(name: str, one: float, other: float, wording: Wording) -> Row:
    return (name, *(wording.number(count, decimals=2) for count in (one, other, other - one)))


def _share(part: int, whole: int, wording: Wording) -> str:
    return wording.percent(part / whole, decimals=1, fixed=True) if whole else wording.text("report.none")


def _outcome(word: Outcome, wording: Wording) -> str:
    return wording.text(f"outcome.{word}.name")


def _reason(code: str | None, wording: Wording) -> str:
    """A family's name, or the name of a rule outside the model."""
    if code is None:
        return wording.text("compare.reason.none")
    family = f"family.{code.lower()}.label"
    return wording.text(family) if wording.has(family) else wording.text(f"compare.rule.{code.lower()}")
