"""Which groups gain and lose between two bundles; attributes are read to measure, never to decide."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.fairness import Grouping
from garant.models.bundle.fairness import MIN_SHOWN_ROWS
from garant.models.fairness import NOT_STATED
from garant.policy.outcome import ACCEPT
from garant.runs.comparison.pairs import Mask, Pairs
from garant.runs.protected_attributes import protected_attributes
from garant.tables.accepted import AcceptedTables


@dataclass(frozen=True, slots=True)
class GroupChange:
    """Acceptances of one group.

    Parameters
    ----------
    attribute : str
        As in `garant.models.fairness`.
    groups : tuple of str
        The group; a group of fewer than `MIN_SHOWN_ROWS` is joined with the next larger one of its attribute, so that
        no number speaks of a few persons.
    applicants : int
        Everybody of the group; over the groups of an attribute they add up to all applicants.
    accepted_a, accepted_b : int
        Whom A accepts and whom B does.
    only_a, only_b : int
        Whom one of them alone accepts: ``accepted_b - accepted_a = only_b - only_a``.
    """

    attribute: str
    groups: tuple[str, ...]
    applicants: int
    accepted_a: int
    accepted_b: int
    only_a: int
    only_b: int


def group_changes(accepted: AcceptedTables, pairs: Pairs) -> tuple[GroupChange, ...]:
    """Acceptances by group of every attribute that the data have.

    An applicant whose row was set aside states nothing that could be trusted and stands among those who state nothing.
    """
    judged = np.isfinite(pairs.a.pd)
    clients = pairs.client.fill_null(0).to_numpy().astype(np.int64)
    return _counted(pairs, judged, protected_attributes(accepted, clients[judged]))


def _counted(pairs: Pairs, judged: Mask, groupings: Mapping[str, Grouping | None]) -> tuple[GroupChange, ...]:
    by_a, by_b = pairs.a.outcome == ACCEPT, pairs.b.outcome == ACCEPT
    found: list[GroupChange] = []
    for attribute, grouping in groupings.items():
        if grouping is None:
            continue
        code = np.full(len(pairs), grouping.groups.index(NOT_STATED))
        code[judged] = grouping.code
        for joined in large_enough(np.bincount(code, minlength=len(grouping.groups))):
            rows = np.isin(code, joined)
            numbers = (int((rows & mask).sum()) for mask in (rows, by_a, by_b, by_a & ~by_b, by_b & ~by_a))
            found.append(GroupChange(attribute, tuple(grouping.groups[position] for position in joined), *numbers))
    return tuple(found)


def large_enough(applicants: npt.NDArray[np.int64]) -> list[list[int]]:
    """Positions of the groups that are shown together.

    A group of fewer than `MIN_SHOWN_ROWS` is joined with the next larger one until none has too few, so that nobody is
    told apart by subtraction either; an empty group is left out.

    Parameters
    ----------
    applicants : array of int64, shape (groups,)
        Applicants of each group.
    """
    joined = [[position] for position in np.flatnonzero(applicants).tolist()]
    while len(joined) > 1:
        joined.sort(key=lambda group: int(applicants[group].sum()))
        if applicants[joined[0]].sum() >= MIN_SHOWN_ROWS:
            break
        joined[:2] = [sorted(joined[0] + joined[1])]
    return sorted(joined)
