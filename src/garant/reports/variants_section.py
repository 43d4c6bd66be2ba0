"""What the model's choices cost or bring, in words: lines for the command, a section of the validation report."""

from garant.models.bundle.variants import DifferenceEntry, VariantsEntry
from garant.reports.section import Section, SectionMaker, Table
from garant.wording.catalogue import Wording

_SAID = {
    "without_directions": "Without directions",
    "without_external_scores": "Without external scores",
    "profile_kaggle": "With protected attributes (profile kaggle)",
    "profile_eu": "Without protected attributes (profile eu)",
}


def variants_said(entry: VariantsEntry) -> tuple[str, ...]:
    """On whom the choices were priced, then a line per choice."""
    drawn = "drawn from those trained on" if entry.sampled else "trained on"
    lines = [f"Choices priced out of fold on {entry.rows} applicants {drawn}, where the model has AUC {entry.auc:.4f}:"]
    lines += [
        f"  {_SAID.get(name, name)}: AUC {found.auc:.4f}, {_signed(found.difference)} to the model."
        for name, found in entry.variants.items()
    ]
    if entry.external_first_share:
        share = f"{entry.external_first_share:.0%} of {entry.refusals} refusals out of fold"
        lines.append(f"First reason is an external score in {share}.")
    return tuple(lines)


def _signed(difference: DifferenceEntry) -> str:
    if difference.value is None or difference.low is None or difference.high is None:
        return "unknown"
    return f"{difference.value:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})"


def variants_section(entry: VariantsEntry) -> SectionMaker:
    """Section of the validation report."""

    def make(wording: Wording) -> Section:
        def number(value: float | None) -> str:
            return wording.text("report.none") if value is None else wording.number(value, decimals=4, fixed=True)

        rows = wording.number(entry.rows)
        model = (wording.text("report.variant.model"), number(entry.auc), *(3 * [wording.text("report.none")]))
        paragraphs = [wording.text("report.variants.how", rows=rows)]
        if entry.sampled:
            paragraphs.append(wording.text("report.variants.sampled", rows=rows))
        if entry.features_chosen:
            paragraphs.append(wording.text("report.variants.chosen"))
        if entry.external_first_share is not None:
            share = wording.percent(entry.external_first_share)
            refusals = wording.number(entry.refusals)
            paragraphs.append(wording.text("report.variants.external_first", share=share, refusals=refusals))
        return Section(
            name="variants",
            heading=wording.text("report.heading.variants"),
            paragraphs=tuple(paragraphs),
            tables=(
                Table(
                    caption=wording.text("report.variants.caption"),
                    columns=tuple(
                        wording.text(f"report.column.{column}")
                        for column in ("variant", "auc", "auc_difference", "low", "high")
                    ),
                    rows=(
                        model,
                        *(
                            (
                                wording.text(f"report.variant.{name}"),
                                number(found.auc),
                                *(number(x) for x in (found.difference.value, found.difference.low)),
                                number(found.difference.high),
                            )
                            for name, found in entry.variants.items()
                        ),
                    ),
                ),
            ),
        )

    return make
