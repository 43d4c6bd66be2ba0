"""What a run says of its scores: applicants and sums of money by outcome."""

import pyarrow as pa

from garant.runs.score_counts import ScoreCounts


def counted(*rows: tuple[str, float | None, float | None]) -> ScoreCounts:
    """Counts of rows of outcome, exposure and expected loss."""
    found = ScoreCounts()
    names = ("outcome", "ead", "expected_loss")
    schema = pa.schema([("outcome", pa.string()), ("ead", pa.float64()), ("expected_loss", pa.float64())])
    found.add(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=schema))
    return found


def test_counts_of_parts_add_up_by_outcome_and_unknown_sums_count_for_nothing() -> None:
    total = counted(("accept", 100.0, 1.0), ("refuse", 50.0, 20.0), ("accept", None, None))
    total.unknown_levels.update({"application_kind": 1})
    more = counted(("accept", 10.0, 0.5), ("refer", 5.0, 0.25))
    more.unknown_levels.update({"application_kind": 2})
    total.merge(more)
    assert total.rows == {"applicants": 5, "accept": 3, "refer": 1, "refuse": 1}
    assert total.ead == {"accept": 110.0, "refer": 5.0, "refuse": 50.0}
    assert total.expected_loss == {"accept": 1.5, "refer": 0.25, "refuse": 20.0}
    assert total.unknown_levels == {"application_kind": 3}
