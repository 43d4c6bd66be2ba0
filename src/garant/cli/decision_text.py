"""A decision on a terminal: what, where it stands, why."""

from collections.abc import Mapping
from typing import Any

from garant.cli.fields_text import about
from garant.cli.show import heading, say
from garant.wording.catalogue import Wording

_DIGITS = 12
"""Shown of a digest."""


def show_decision(said: Mapping[str, Any]) -> None:
    """Print an answer of the decision service: a decision as it stands, or a preview."""
    words = Wording(said["language"])
    text, separator = words.text, words.text("explain.separator")
    outcome = said["outcome"]
    if "id" in said:
        title = text("decision.heading", id=said["id"])
        head = text(f"outcome.{outcome}.proposed") if outcome else ""
        heading(f"{title} – {head}" if head else title)
        for name, value in _standing(said, words):
            say(f"  {name}{separator} {value}")
    else:
        heading(text(f"outcome.{outcome}.proposed"))
        say(f"  {text('decision.preview')}")
    if outcome is None:
        return
    for name, value in _figures(said, words):
        say(f"  {name}{separator} {value}")
    _show_why(said, words)
    for event in said.get("events", ()):
        say(_event(event, words))
    digests = said["digests"]
    made_with = text("decision.made_with", bundle=digests["bundle"][:_DIGITS], policy=digests["policy"][:_DIGITS])
    say(f"  [{made_with}{_spent(said.get('timings') or {}, words)}]")


def _standing(said: Mapping[str, Any], words: Wording) -> list[tuple[str, str]]:
    text = words.text
    facts = [(text("decision.state"), text(f"decision.state.{said['state']}"))]
    final = said.get("final_outcome")
    if final is not None:
        facts.append((text("decision.final"), text(f"outcome.{final}.name")))
    facts += [(text(f"decision.{name}"), said[name]) for name in ("supersedes", "superseded_by") if said.get(name)]
    if said.get("notice_id"):
        facts.append((text("decision.notice"), said["notice_id"]))
    return facts


def _figures(said: Mapping[str, Any], words: Wording) -> list[tuple[str, str]]:
    text, percent = words.text, words.percent
    facts: list[tuple[str, str]] = []
    if said["pd"] is not None:
        facts.append((said.get("label") or "PD", percent(said["pd"])))
    facts.append((text("explain.cutoff"), percent(said["cutoff"])))
    lower, upper = said["refer_band"]
    if lower < upper:
        ends = {"lower": percent(lower, decimals=2), "upper": percent(upper, decimals=2)}
        facts.append((text("explain.refer_band"), text("explain.refer_band_said", **ends)))
    if said["points"] is not None:
        facts.append((text("explain.points"), words.number(said["points"])))
    return facts


def _show_why(said: Mapping[str, Any], words: Wording) -> None:
    """Rules outside the model first, then reasons with what the person can do about each, then warnings."""
    text = words.text
    if said["rules"]:
        say(text("decision.rules"))
        for rule in said["rules"]:
            say(f"  • {rule['text']}")
            if rule.get("fields"):
                say(f"    {about(rule['fields'], words)}")
    if said["reasons"]:
        say(text("explain.reasons"))
    for number, reason in enumerate(said["reasons"], start=1):
        say(f"  {number}. {reason['text']}")
        if reason.get("note"):
            say(f"     {reason['note']}")
        if kind := reason.get("kind"):
            say(f"     [{text(f'kind.{kind}')}]")
    if said["warnings"]:
        say(text("decision.warnings"))
        for warning in said["warnings"]:
            say(f"  ⚠ {warning['text']}")


def _event(event: Mapping[str, Any], words: Wording) -> str:
    """What happened in words; a code that garant has no words for stays as it is."""
    content = event["content"]
    said: list[str] = []
    for name in ("person", "view", "outcome", "ground", "note", "comment", "statement"):
        if name not in content:
            continue
        value = str(content[name])
        keys = {
            "view": f"decision.view.{value}",
            "outcome": f"outcome.{value}.name",
            "ground": f"decision.ground.{value}",
        }
        said.append(words.text(keys[name]) if name in keys and words.has(keys[name]) else value)
    kind = words.text(f"decision.event.{event['kind']}")
    separator = words.text("explain.separator")
    told = f"{separator} {'; '.join(said)}" if said else ""
    return f"  {event['number']}. {event['at']} {kind}, {event['actor']}{told}"


def _spent(timings: Mapping[str, float], words: Wording) -> str:
    total = timings.get("total", sum(timings.values()))
    return f", {words.number(total, decimals=1)} ms" if timings else ""
