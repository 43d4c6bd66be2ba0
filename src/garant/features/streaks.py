"""Runs of consecutive months: how long something went on without a break."""

from collections.abc import Sequence

import ibis

from garant.tables.expressions import Rows


def longest_runs(late: Rows, keys: Sequence[str], evidence: str) -> Rows:
    """Longest run of consecutive months of each of `keys`, whatever the order of rows.

    Within a run the month and its place in the order of months rise together, so their difference names the run.

    Parameters
    ----------
    late : Rows
        Rows of the late months alone, with ``MONTHS_BALANCE``; a month may stand there more than once.
    keys : sequence of str
        Columns that tell apart what has a run of its own, e.g. the loans.
    evidence : str
        Column that made the rows late; none of its values is NULL.

    Returns
    -------
    Rows
        `keys` and ``longest_run``, in months. Keys without a late month are absent.
    """
    month = late.group_by(*keys, "MONTHS_BALANCE").aggregate(evidence=late[evidence].max())
    place = ibis.row_number().over(group_by=[month[key] for key in keys], order_by=month.MONTHS_BALANCE)
    numbered = month.mutate(place=place)
    started = numbered.mutate(run=numbered.MONTHS_BALANCE - numbered.place)
    runs = started.group_by(*keys, "run").aggregate(length=started.evidence.count())
    return runs.group_by(*keys).aggregate(longest_run=runs.length.max())
