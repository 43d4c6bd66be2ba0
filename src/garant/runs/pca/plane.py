"""What the picture of the first plane shows: where clients lie, and how high their PDs are there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.features.encode import encode
from garant.features.matrix import KEY
from garant.models.bundle.reading import Bundle
from garant.projection.cells import Cells, cells
from garant.projection.components import Components
from garant.projection.moments import Floats
from garant.runs.stored_matrix import StoredMatrix
from garant.scoring.predict import predict


@dataclass(frozen=True, slots=True)
class Plane:
    """Cells of the plane, with the mean PD of each where PDs are known.

    Parameters
    ----------
    cells : Cells
        Middle, clients and mean PD of each cell.
    sampled : int
        Clients that were looked at.
    """

    cells: Cells
    sampled: int


def plane_of(
    sample: pa.Table, components: Components, *, bundle: Bundle | None, stored: StoredMatrix | None, threads: int
) -> Plane | None:
    """Cells of the sampled clients; None where there is no second component.

    Parameters
    ----------
    sample : Table
        Key, first two components, and the inputs of `bundle`.
    components : Components
        Whose plane it is.
    bundle : Bundle or None
        Gives the PDs.
    stored : StoredMatrix or None
        Gives them where there is no bundle and the matrix is that of a scoring run.
    threads : int
        Threads of LightGBM.
    """
    if components.k < 2:  # noqa: PLR2004 - a plane has two directions
        return None
    x, y = (sample.column(name).to_numpy() for name in components.names[:2])
    return Plane(cells(x, y, _pd(sample, bundle, stored, threads=threads)), sample.num_rows)


def _pd(sample: pa.Table, bundle: Bundle | None, stored: StoredMatrix | None, *, threads: int) -> Floats:
    if bundle is not None:
        return predict(bundle, encode(sample, bundle.columns), threads=threads).pd
    known: dict[int, float] = {}
    for path in stored.scores if stored is not None else ():
        scores = pq.read_table(path, columns=[KEY, "pd"])
        mine = scores.filter(pc.is_in(scores.column(KEY), value_set=sample.column(KEY)))
        found = zip(mine.column(KEY).to_pylist(), mine.column("pd").to_pylist(), strict=True)
        known |= {client: pd for client, pd in found if pd is not None}
    return np.array([known.get(client, np.nan) for client in sample.column(KEY).to_pylist()])


def label_of(bundle: Bundle | None, stored: StoredMatrix | None) -> Mapping[str, str] | None:
    """What a PD means here, ``text_fr`` and ``text_en``; None where there is no PD."""
    if bundle is not None:
        return bundle.content.label.model_dump()
    return stored.manifest.get("label") if stored is not None and stored.scores else None
