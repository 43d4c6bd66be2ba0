"""A person beside accepted, refused and similar applicants, as the cells of a table: for a page and for a terminal."""

from garant.explanations.comparison import Comparison, GroupValues
from garant.wording.catalogue import Wording

Cells = tuple[str, ...]


def comparison_table(found: Comparison, words: Wording) -> tuple[Cells, tuple[Cells, ...]]:
    """Header and one row per fact: the person's value, then median and middle 80 % of each group that is there."""
    columns = [words.text(f"compared.{name}") for name in ("fact", "client", "accepted", "refused")]
    if found.similar:
        columns.append(words.text("compared.similar", n=words.number(found.similar)))
    rows = [
        (
            fact.label,
            fact.value or words.text("compared.unknown"),
            *(_said(group, words) for group in (fact.accepted, fact.refused, fact.similar)[: len(columns) - 2]),
        )
        for fact in found.facts
    ]
    return tuple(columns), tuple(rows)


def comparison_notes(found: Comparison, words: Wording) -> tuple[str, ...]:
    """Who is similar, and how a cell is read."""
    alike = [words.text("compared.alike_in", facts=" · ".join(found.alike_in))] if found.alike_in else []
    return (*alike, words.text("compared.how"))


def _said(group: GroupValues, words: Wording) -> str:
    if group.share is not None:
        return words.percent(group.share, decimals=0)
    if group.median is None:
        return words.text("compared.too_few")
    if group.low is None or group.high is None:
        return group.median
    return words.text("compared.spread", median=group.median, low=group.low, high=group.high)
