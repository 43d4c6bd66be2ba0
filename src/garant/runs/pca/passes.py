"""The two passes over the parts of a matrix, by an engine: what the components are, and everybody's scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from garant.engines.protocol import Engine
from garant.exceptions import ReconciliationError
from garant.features.matrix import KEY
from garant.projection.components import Components, Extent, principal_components
from garant.projection.moments import Centred, Floats, better_shift, centred
from garant.runs.pca.parts import (
    MomentsTask,
    Parts,
    PartScores,
    ScoresTask,
    as_it_is,
    part_moments,
    part_scores,
    sampled_to,
    shift_of,
)
from garant.runs.progress import Progress
from garant.storage.reach import Written

SAMPLE = 10_000
"""Clients that are brought to the driver for the picture of the plane."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What the second pass leaves.

    Parameters
    ----------
    sample : Table
        About `SAMPLE` clients, sorted by id: key, first two components, and the columns asked for.
    parquet, csv : tuple of Written
        Files of each part.
    """

    sample: pa.Table
    parquet: tuple[Written, ...]
    csv: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Passes:
    """Work on all parts of a matrix.

    Parameters
    ----------
    engine : Engine
        Runs it where the parts are read.
    parts : Parts
        The matrix.
    progress : Progress
        Told of each part.
    """

    engine: Engine
    parts: Parts
    progress: Progress

    def components(self, columns: tuple[str, ...], extent: Extent) -> Components:
        """Components of `columns`: one pass, and a second where the shift of the first was far from a mean."""
        shift = shift_of(self.parts, columns)
        found = self._moments(columns, shift)
        better = better_shift(found, shift)
        if better is not None:
            found = self._moments(columns, better)
        return principal_components(found, columns, extent)

    def _moments(self, columns: tuple[str, ...], shift: Floats) -> Centred:
        task, n_parts = MomentsTask(columns=columns, shift=shift, source=self.parts), len(self.parts.files)
        found = self.engine.map_files(self.parts.files, part_moments, shared=task, prepare=as_it_is)
        total = next(iter(found))
        self.progress("moments", 1, n_parts)
        for number, part in enumerate(found, start=2):
            total += part
            self.progress("moments", number, n_parts)
        return centred(total, shift)

    def scores(self, components: Components, folder: Path, *, inputs: Sequence[str]) -> Scored:
        """Write everybody's scores below `folder`; bring the columns `inputs` of the sample along.

        Raises
        ------
        ReconciliationError
            When not every client got scores.
        """
        task = ScoresTask(
            components=components,
            folder=folder,
            sampled_to=sampled_to(SAMPLE, of=self.parts.rows),
            inputs=tuple(inputs),
            source=self.parts,
        )
        done: list[PartScores] = []
        for found in self.engine.map_files(self.parts.files, part_scores, shared=task, prepare=as_it_is):
            done.append(found)
            self.progress("scores", len(done), len(self.parts.files))
        n_scored = sum(part.rows for part in done)
        if n_scored != self.parts.rows:
            raise ReconciliationError(f"{n_scored} clients got scores, the matrix has {self.parts.rows}.")
        return Scored(
            sample=pa.concat_tables([part.sample for part in done]).sort_by(KEY),
            parquet=tuple(part.written[0] for part in done),
            csv=tuple(part.written[1] for part in done),
        )
