"""Protected attributes of applicants, read from the raw application for judging alone: no model gets them from here."""

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
    return _ages(values) if attribute == "age" else _levels(values)


def _ages(days: pa.ChunkedArray) -> Grouping:
    """Bands of full years at the application."""
    known = pc.is_valid(days).to_numpy()
    years = np.floor(-pc.fill_null(days, 0).to_numpy() / DAYS_PER_YEAR)
    code = np.where(known, np.searchsorted(AGES, years, side="right"), len(AGE_BANDS))
    return Grouping((*AGE_BANDS, NOT_STATED), code.astype(np.int64))


def _levels(values: pa.ChunkedArray) -> Grouping:
    """Groups in alphabetical order; then the rare ones as one, then those that state nothing."""
    encoded = pc.cast(values, pa.string()).combine_chunks().dictionary_encode()
    levels, known = encoded.dictionary.to_pylist(), pc.is_valid(encoded).to_numpy(zero_copy_only=False)
    number = pc.fill_null(encoded.indices, 0).to_numpy()
    rows = dict(zip(levels, np.bincount(number[known], minlength=len(levels)), strict=True))
    groups = sorted(level for level in levels if rows[level] >= MIN_SHOWN_ROWS)
    other, none = len(groups), len(groups) + 1
    position = {level: number for number, level in enumerate(groups)}
    code = np.array([position.get(level, other) for level in levels])
    return Grouping((*groups, OTHER_LEVELS, NOT_STATED), np.where(known, code[number], none).astype(np.int64))
