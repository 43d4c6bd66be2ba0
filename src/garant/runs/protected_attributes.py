"""Protected attributes of applicants, read from the raw application for judging alone: no model gets them from here."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import InvariantError
from garant.features.matrix import KEY
from garant.metrics.fairness import Grouping
from garant.models.bundle.fairness import MIN_SHOWN_ROWS
from garant.models.fairness import ATTRIBUTES, NOT_STATED, OTHER_LEVELS
from garant.tables.accepted import AcceptedTables

AGES = (25, 35, 45, 55, 65)
"""Full years that part the bands of age: young people at the start of working life, then tens, then pensioners."""

AGE_BANDS = ("under_25", "25_to_34", "35_to_44", "45_to_54", "55_to_64", "65_and_over")

DAYS_PER_YEAR = 365.25


def protected_attributes(accepted: AcceptedTables, ids: npt.NDArray[np.int64]) -> dict[str, Grouping | None]:
    """Groups of the applicants `ids`, by attribute; None for an attribute without any value.

    Parameters
    ----------
    accepted : AcceptedTables
        Data that hold these applicants.
    ids : array of int64, shape (n,)
        ``SK_ID_CURR`` of each applicant.

    Raises
    ------
    InvariantError
        When an id is not in the application table.
    """
    columns = [KEY, *ATTRIBUTES.values()]
    rows = pa.concat_tables([pq.read_table(file, columns=columns) for file in accepted.files["application"]])
    place = pc.index_in(pa.array(ids), value_set=rows.column(KEY).combine_chunks())
    if place.null_count:
        raise InvariantError(f"{place.null_count} of {len(ids)} judged applicants are not in the application table.")
    return {name: _grouping(name, rows.column(column).take(place)) for name, column in ATTRIBUTES.items()}


def _grouping(attribute: str, values: pa.ChunkedArray) -> Grouping | None:
    if values.null_count == len(values):
        return None
    if attribute == "age":
        return _ages(values)
    told = [None if value is None else str(value) for value in values.to_pylist()]
    return _levels(told)


def _ages(days: pa.ChunkedArray) -> Grouping:
    """Bands of full years at the application."""
    known = pc.is_valid(days).to_numpy()
    years = np.floor(-pc.fill_null(days, 0).to_numpy() / DAYS_PER_YEAR)
    code = np.where(known, np.searchsorted(AGES, years, side="right"), len(AGE_BANDS))
    return Grouping((*AGE_BANDS, NOT_STATED), code.astype(np.int64))


def _levels(values: Sequence[str | None]) -> Grouping:
    """Groups in alphabetical order; then the rare ones as one, then those that state nothing."""
    stated, counts = np.unique([value for value in values if value is not None], return_counts=True)
    groups = [str(level) for level, rows in zip(stated, counts, strict=True) if rows >= MIN_SHOWN_ROWS]
    position = {level: number for number, level in enumerate(groups)}
    other, none = len(groups), len(groups) + 1
    code = [none if value is None else position.get(value, other) for value in values]
    return Grouping((*groups, OTHER_LEVELS, NOT_STATED), np.array(code, dtype=np.int64))
