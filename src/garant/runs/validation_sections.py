"""Sections that the report of a training and that of a validation share: one definition for both."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import numpy.typing as npt

from garant.features.feature import Feature
from garant.models.evaluation import Evaluation
from garant.models.population import PopulationStability
from garant.models.segments import Segment
from garant.reports.section import SectionMaker
from garant.reports.sections.champion_and_challenger import challenger_section
from garant.reports.sections.cost_ratios import cost_ratio_section
from garant.reports.sections.population import Compared, population_section
from garant.reports.sections.ranking import ranking_section
from garant.reports.sections.segments import segment_text, segments_section
from garant.runs.words import words_of
from garant.wording.catalogue import LANGUAGES, Wording


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validated:
    """What was judged, whoever asked for it.

    Parameters
    ----------
    evaluation : Evaluation
        The champion on the judged applicants.
    label : array of {0, 1}, shape (n,)
        Their outcomes, in the same order.
    challenger : Evaluation or None
        The scorecard on the same applicants.
    segment : str or None
        Column that parts them.
    segments : tuple of Segment
        The champion on each part.
    populations : mapping of str to PopulationStability
        Applicants compared with the training sample.
    features : collection of Feature
        Inputs of the model.
    """

    evaluation: Evaluation
    label: npt.NDArray[np.int8]
    challenger: Evaluation | None
    segment: str | None
    segments: tuple[Segment, ...]
    populations: Mapping[Compared, PopulationStability]
    features: Collection[Feature]


def validation_sections(found: Validated) -> tuple[SectionMaker, ...]:
    """Sections in the order of the report."""
    evaluation, label = found.evaluation, found.label
    sections = [
        ranking_section(label, evaluation.margin),
        cost_ratio_section(label, evaluation),
    ]
    if found.challenger is not None:
        sections.append(challenger_section(evaluation.measures, found.challenger.measures))
    if found.segment is not None:
        sections.append(segments_section(found.segment, found.segments))
    labels = feature_labels(found.features) if found.populations else {}
    sections += [population_section(each, labels, compared=who) for who, each in found.populations.items()]
    return tuple(sections)


def feature_labels(features: Collection[Feature]) -> dict[str, dict[str, str]]:
    """What each feature is called, by language."""
    said = {language: words_of(features, language) for language in LANGUAGES}
    return {
        language: {f.name: words.label(f.text, window=str(f.window)) for f in features}
        for language, words in said.items()
    }


def segment_lines(column: str, segments: Sequence[Segment], *, page: str | PathLike[str] | None) -> Sequence[str]:
    """What the command line says of each segment; `page` is that with every measure, None where none is written."""
    where = "add --report PAGE for every measure" if page is None else f"every measure: section Segments of {page}"
    return (f"Segments of {column} ({where}):", *(f"  {_segment_line(segment)}" for segment in segments))


def _segment_line(segment: Segment) -> str:
    area = segment.measures["auc"]
    ranked = "" if math.isnan(area.value) else f", AUC {area.value:.4f} ({area.low:.4f} to {area.high:.4f})"
    return (
        f"{segment_text(segment.name, Wording('en'))}: {segment.rows} applicants, {segment.positives} with payment "
        f"difficulties ({segment.observed:.1%}), mean PD {segment.mean_pd:.1%}{ranked}"
        f"{'; too few to judge by' if segment.is_small else ''}"
    )


def population_lines(populations: Mapping[Compared, PopulationStability], *, shown: int = 5) -> Sequence[str]:
    """What the command line says of each population: PSI with its limit, and the features that moved."""
    lines: list[str] = []
    for who, found in populations.items():
        index = found.score
        moved = [f"{f.name} {f.found.psi:.3f}" for f in found.alarms[:shown]]
        more = f" and {len(found.alarms) - shown} more" if len(found.alarms) > shown else ""
        lines.append(
            f"PSI of the score, {who} applicants ({found.rows_now}) against training: {index.psi:.4f}, "
            f"chance up to {index.limit:.4f}: {index.change}."
        )
        if moved:
            n_moved = "1 feature" if len(found.alarms) == 1 else f"{len(found.alarms)} features"
            lines.append(f"  {n_moved} moved by more than chance: {', '.join(moved)}{more}.")
    return lines
