"""A person beside accepted, refused and similar applicants, on a terminal."""

from garant.cli.show import print_table, say
from garant.explanations.comparison import Comparison, GroupValues
from garant.wording.catalogue import Wording


def show_comparison(found: Comparison, words: Wording) -> None:
    """Print one line per fact: the person's value, then median and middle 80 % of each group."""
    if not found.facts:
        return
    say()
    header = [words.text(f"compared.{name}") for name in ("fact", "client", "accepted", "refused")]
    if found.similar:
        header.append(words.text("compared.similar", n=words.number(found.similar)))
    rows = [
        [
            fact.label,
            fact.value or words.text("compared.unknown"),
            *(_said(group, words) for group in (fact.accepted, fact.refused, fact.similar)[: len(header) - 2]),
        ]
        for fact in found.facts
    ]
    print_table(rows, header=header, title=words.text("compared.title"))
    if found.alike_in:
        say(f"  {words.text('compared.alike_in', facts=' · '.join(found.alike_in))}")
    say(f"  {words.text('compared.how')}")


def _said(group: GroupValues, words: Wording) -> str:
    if group.share is not None:
        return words.percent(group.share, decimals=0)
    if group.median is None:
        return words.text("compared.too_few")
    if group.low is None or group.high is None:
        return group.median
    return words.text("compared.spread", median=group.median, low=group.low, high=group.high)
