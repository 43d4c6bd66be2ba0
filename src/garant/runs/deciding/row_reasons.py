"""Reasons of one applicant in every language, found once."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from garant.decisions.record import Language, Said, Texts
from garant.explanations.reasons import Reason, ReasonWriter
from garant.features.feature import Feature
from garant.runs.matrix_row import MatrixRow

Floats = npt.NDArray[np.float64]


class RowReasons:
    """Finds and words the reasons of one row after another, from any number of threads.

    Parameters
    ----------
    writers : mapping of str to ReasonWriter
        By language, each for the bundle's inputs.
    features : sequence of Feature
        The bundle's inputs, in the order of its columns.
    names : sequence of str
        Columns of the rows to come.
    """

    def __init__(
        self, writers: Mapping[Language, ReasonWriter], features: Sequence[Feature], names: Sequence[str]
    ) -> None:
        self._writers = dict(writers)
        self._finder = next(iter(self._writers.values()))
        place = {name: number for number, name in enumerate(names)}
        self._places = [place[feature.name] for feature in features]

    def of(self, row: MatrixRow, contributions: Floats) -> tuple[Said, ...]:
        """Reasons of the row with these contributions, shape (inputs + 1,); at most four, the strongest first."""
        found = self._finder.of_row(contributions, [row.values[place] for place in self._places])
        return tuple(_said({language: w.worded(each) for language, w in self._writers.items()}) for each in found)

    def main_reason_kept(self, contributions: Floats, of_members: Floats) -> float | None:
        """Share of the retrained models that give the main reason of these contributions; None without any.

        Of somebody without reasons it is the share that gives none either.
        """
        if not len(of_members):
            return None
        first, *others = self._finder.first_families(np.vstack([contributions, of_members]))
        return sum(family == first for family in others) / len(others)


def _said(worded: Mapping[Language, Reason]) -> Said:
    reason = next(iter(worded.values()))
    notes: Texts = {language: each.note for language, each in worded.items()}
    return Said(
        code=reason.code,
        texts={language: each.text for language, each in worded.items()},
        kind=str(reason.kind),
        feature=reason.feature,
        effect=reason.effect,
        notes=notes if reason.note else None,
    )
