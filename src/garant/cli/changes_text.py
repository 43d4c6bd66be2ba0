"""What would have changed a result, and what-if, on a terminal."""

from garant.cli.show import say
from garant.explanations.counterfactual_text import Counterfactuals
from garant.runs.what_if import WhatIf
from garant.wording.catalogue import Wording


def show_counterfactuals(found: Counterfactuals, words: Wording) -> None:
    """Print the results, or that there are none."""
    say()
    say(words.text("counterfactual.title"))
    for number, result in enumerate(found.results, start=1):
        say(f"  {number}. {result.text}")
    if found.none:
        say(f"  {found.none}")
    else:
        say(f"  {words.text('counterfactual.note')}")


def show_what_if(found: WhatIf, words: Wording, *, label: str) -> None:
    """Print what changes, from the raw facts to the proposal; `label` says what the PD is a probability of."""
    separator = words.text("explain.separator")
    say()
    say(f"{words.text('what_if.title')} – {' '.join(found.moves)}")
    say(f"  {words.text('notice.simulation')}")
    say(f"  {words.text('what_if.facts')}{separator}")
    for fact in found.facts:
        which = "".join(f" [{key} {value}]" for key, value in fact.row.items())
        say(f"    {fact.label}{which}{separator} {fact.before_text} → {fact.after_text}")
    for term in found.terms:
        say(f"    {term}")
    before, after = found.before, found.after
    say(f"  {label}{separator} {words.percent(before.pd, decimals=2)} → {words.percent(after.pd, decimals=2)}")
    was, becomes = (words.text(f"outcome.{standing.outcome}.name") for standing in (before, after))
    say(f"  {words.text('what_if.outcome')}{separator} {was} → {becomes}")
    say(f"  {words.text('what_if.reasons')}{separator}")
    sentences = [after.policy_text] if after.policy_text else []
    sentences += [reason.text for reason in found.reasons]
    for number, sentence in enumerate(sentences or [words.text("explain.no_reason")], start=1):
        say(f"    {number}. {sentence}")
