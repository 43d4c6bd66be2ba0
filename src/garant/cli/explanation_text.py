"""One applicant's explanation on a terminal: words first, then a bar for every family of facts."""

from garant.cli.changes_text import show_counterfactuals, show_what_if
from garant.cli.comparison_text import show_comparison
from garant.cli.fields_text import about
from garant.cli.show import heading, say
from garant.runs.explanation import Explanation
from garant.wording.catalogue import Wording

BAR_WIDTH = 24

SHOWN_FAMILIES = 10
"""Families with a bar of their own; the effects of the rest are summed. JSON has them all."""

RAISES, LOWERS = "▲", "▼"


def show_explanation(explanation: Explanation, *, bars: bool = True) -> None:
    """Print the explanation: proposal, sentences, comparison and, on request, what each family does to the risk."""
    words = Wording(explanation.language)
    _show_proposal(explanation, words)
    say()
    _show_reasons(explanation, words)
    if explanation.counterfactuals:
        show_counterfactuals(explanation.counterfactuals, words)
    if explanation.what_if:
        show_what_if(explanation.what_if, words, label=explanation.label)
    if explanation.comparison is not None:
        show_comparison(explanation.comparison, words)
    if bars:
        say()
        _show_bars(explanation, words)


def _show_proposal(explanation: Explanation, words: Wording) -> None:
    pd, cutoff = words.percent(explanation.pd), words.percent(explanation.cutoff)
    proposed = words.text(f"outcome.{explanation.outcome}.proposed")
    heading(f"{words.text('explain.title', id=str(explanation.client))} – {proposed}")
    facts = {explanation.label: pd, words.text("explain.cutoff"): cutoff}
    band = explanation.refer_band
    if band.lower < band.upper:
        facts[words.text("explain.refer_band")] = words.text(
            "explain.refer_band_said",
            lower=words.percent(band.lower, decimals=2),
            upper=words.percent(band.upper, decimals=2),
        )
    facts[words.text("explain.points")] = words.number(explanation.points)
    for name, value in facts.items():
        say(f"  {name}{words.text('explain.separator')} {value}")
    say(f"  {words.text('notice.proposal')}")
    if explanation.profile == "kaggle":
        say(f"  {words.text('notice.kaggle')}")
    if explanation.fast:
        say(f"  ⚠ {words.text('model.limit.fast')}")


def _show_reasons(explanation: Explanation, words: Wording) -> None:
    """Sentences with their kind; whether the main reason is one that retrained models would give, too."""
    say(words.text("explain.reasons"))
    for rule in explanation.rules:
        say(f"  • {rule.text}")
        if rule.fields:
            say(f"    {about(rule.fields, words)}")
    for number, reason in enumerate(explanation.reasons, start=1):
        say(f"  {number}. {reason.text}")
        if reason.note:
            say(f"     {reason.note}")
        say(f"     [{words.text(f'kind.{reason.kind}')}]{_kept(explanation, reason.family, words)}")
    if not explanation.rules and not explanation.reasons:
        say(f"  {words.text('explain.no_reason')}")
    found = explanation.stability
    if found is not None and explanation.is_main_reason_uncertain:
        kept, members = words.number(found.main_kept), words.number(found.members)
        say(f"  ⚠ {words.text('explain.unstable', n=kept, total=members)}")


def _kept(explanation: Explanation, family: str, words: Wording) -> str:
    """In how many retrained models the reason stays, where that was asked for."""
    found = explanation.stability
    if found is None:
        return ""
    said = words.text("explain.kept", n=words.number(found.kept[family]), total=words.number(found.members))
    return f" {said}"


def _show_bars(explanation: Explanation, words: Wording) -> None:
    """Draw one bar per family; direction is said by a mark and a word, never by colour alone."""
    shown, rest = explanation.families[:SHOWN_FAMILIES], explanation.families[SHOWN_FAMILIES:]
    bars = [(family.label, family.effect) for family in shown]
    if rest:
        others = words.text("explain.other", n=words.number(len(rest)))
        bars.append((others, sum(family.effect for family in rest)))
    largest = max((abs(effect) for _, effect in bars), default=0.0) or 1.0
    width = max((len(label) for label, _ in bars), default=0)
    say(words.text("explain.chart"))
    for label, effect in bars:
        bar = "█" * round(abs(effect) / largest * BAR_WIDTH) or "▏"
        mark = RAISES if effect > 0 else LOWERS
        direction = words.text("explain.raises" if effect > 0 else "explain.lowers")
        say(f"  {label:<{width}}  {bar:<{BAR_WIDTH}} {mark} {direction}")
