"""What a person gets who asks for an explanation: the figures, what would have changed the result, what was read."""

from garant.reports.client_letter.letter import Listed, Part
from garant.reports.client_letter.writing import Writing
from garant.reports.section import Table


def figures_part(writing: Writing) -> Part:
    """Estimate, score, and the levels against which they were held."""
    judgement, words, text = writing.judgement, writing.words, writing.text
    rows: list[tuple[str, str]] = []
    if judgement.product is not None:
        rows.append((text("subject.product"), words.level("NAME_CONTRACT_TYPE", judgement.product)))
    if judgement.pd is not None:
        rows.append((text("subject.pd"), words.percent(judgement.pd, decimals=2)))
    rows.append((text("explain.cutoff"), words.percent(judgement.cutoff, decimals=2)))
    lower, upper = judgement.refer_band
    if lower < upper:
        ends = {"lower": words.percent(lower, decimals=2), "upper": words.percent(upper, decimals=2)}
        rows.append((text("subject.band"), text("subject.band_said", **ends)))
    if judgement.points is not None:
        rows.append((text("explain.points"), words.number(judgement.points)))
    said = [text("letter.figures.said")]
    if judgement.pd is not None and judgement.label is not None:
        said.append(text("letter.figures.label", label=writing.of(judgement.label)))
    header = (text("subject.fact"), text("subject.value"))
    table = Table(caption=text("subject.facts.caption"), columns=header, rows=tuple(rows))
    return Part(name="figures", heading=text("letter.figures.heading"), paragraphs=tuple(said), tables=(table,))


def changes_part(writing: Writing) -> Part | None:
    """What would have changed the result; an approval has nothing to change."""
    if writing.outcome == "accept":
        return None
    heading, changes = writing.text("counterfactual.title"), writing.facts.changes
    if changes is None:
        return Part(name="changes", heading=heading, paragraphs=(writing.text("letter.changes.ask"),))
    return Part(
        name="changes",
        heading=heading,
        items=tuple(Listed(text=each) for each in changes),
        after=(writing.text("letter.changes.note"),),
    )


def inputs_part(writing: Writing) -> Part:
    """What was read, and where it comes from."""
    return Part(
        name="inputs",
        heading=writing.text("letter.inputs.heading"),
        tables=writing.facts.inputs,
        after=(writing.text("letter.inputs.copy"),),
    )
