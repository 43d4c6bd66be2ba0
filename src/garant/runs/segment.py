"""The segment of each applicant: the values of one column of the application table."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import UnknownNameError, UsageError
from garant.features.matrix import KEY
from garant.models.evaluation import Evaluation
from garant.models.segments import (
    Segment,
    Segmented,
    judged_by_segment,
    segments_of_categories,
    segments_of_numbers,
)
from garant.tables.accepted import AcceptedTables
from garant.tables.columns import THOUSANDTHS, Kind

NO_SEGMENT = frozenset({KEY, "TARGET"})
"""Columns whose values part nobody: a person each, and the outcome itself."""


def require_segment(accepted: AcceptedTables, column: str) -> None:
    """Check that applicants can be parted by `column`.

    Raises
    ------
    UnknownNameError
        When the application table has no such column: one of ours, or one that ``tables.toml`` declares.
    UsageError
        When the data lack it, or it is the key or the outcome.
    """
    known = [name for name in accepted.config.table_schema("application").names if name not in NO_SEGMENT]
    if column in NO_SEGMENT:
        raise UsageError(f"--segment {column}: every applicant, or every outcome, would be a segment. Name another.")
    if column not in known:
        hint = "A column of your own is declared in tables.toml, section [extra.NAME]."
        raise UnknownNameError("column of application", column, known, hint)
    if column in accepted.report.absent.get("application", ()):
        raise UsageError(f"--segment {column}: the application table of these data does not have that column.")


def segmented(accepted: AcceptedTables, column: str, ids: npt.NDArray[np.int64]) -> Segmented:
    """Segments of the applicants `ids` by `column`, in their order; errors as `require_segment`."""
    require_segment(accepted, column)
    rows = pa.concat_tables([pq.read_table(file, columns=[KEY, column]) for file in accepted.files["application"]])
    values = rows.column(column).take(pc.index_in(pa.array(ids), value_set=rows.column(KEY).combine_chunks()))
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        return segments_of_categories(column, pc.strftime(pc.cast(values, pa.timestamp("s")), "%Y").to_pylist())
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        numbers = pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
        is_money = accepted.config.table_schema("application")[column].kind is Kind.MONEY
        return segments_of_numbers(column, numbers / THOUSANDTHS if is_money else numbers)
    return segments_of_categories(column, pc.cast(values, pa.string()).to_pylist())


def judged_segments(
    accepted: AcceptedTables,
    column: str | None,
    evaluation: Evaluation,
    *,
    label: npt.NDArray[np.int8],
    ids: npt.NDArray[np.int64],
    seed: int,
) -> tuple[Segment, ...]:
    """The evaluated applicants `ids` judged apart by `column`; nothing without a column."""
    if column is None:
        return ()
    return judged_by_segment(evaluation, label, segmented(accepted, column, ids), seed=seed)
