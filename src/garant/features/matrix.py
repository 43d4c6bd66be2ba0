"""The matrix: one row per client, one column per feature, as one expression or in parts that are stored on the way."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import ibis

from garant.exceptions import InvariantError
from garant.features.feature import FeatureGroup
from garant.tables.expressions import Condition, Rows
from garant.tables.point_in_time import known

KEY = "SK_ID_CURR"
"""Client, the first column of the matrix."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A part of the matrix that is stored before the parts are joined, so that only one of them is in memory at a time.

    Parameters
    ----------
    name : str
        Name under which the stored part is registered.
    expression : ibis Table
        One row per client of the group: over the raw tables, to be run and stored.
    """

    name: str
    expression: ibis.Table = field(compare=False)

    @property
    def stored(self) -> ibis.Table:
        """The stored part as an unbound table."""
        return ibis.table(self.expression.schema(), name=self.name)


def only(groups: Collection[FeatureGroup], names: Collection[str]) -> tuple[FeatureGroup, ...]:
    """Groups with those of their features that are among `names`; groups without any are left out.

    Raises
    ------
    InvariantError
        When a name is in none of the groups.
    """
    wanted = set(names)
    found = {feature.name for group in groups for feature in group.features}
    if wanted - found:
        raise InvariantError(f"These features are in none of the groups: {', '.join(sorted(wanted - found))}.")
    narrowed = (replace(g, features=tuple(f for f in g.features if f.name in wanted)) for g in groups)
    return tuple(group for group in narrowed if group.features)


def matrix(groups: Collection[FeatureGroup], *, carried: Sequence[str] = ()) -> ibis.Table:
    """Matrix as one expression over the raw tables: for few clients, and for engines that spill by themselves.

    Parameters
    ----------
    groups : collection of FeatureGroup
        Groups to join.
    carried : sequence of str
        Columns of the application to carry beside the key, e.g. ``TARGET``; never features.

    Returns
    -------
    ibis Table
        Key, carried columns, features sorted by name; one row per client of the application, in the order of the key.
        A client without rows in a child table has NULL in its features.
    """
    return _joined([group.per_client() for group in groups], carried)


def stages(groups: Collection[FeatureGroup]) -> tuple[Stage, ...]:
    """Parts of the matrix, one per group, to be stored under their names and then given to `joined`."""
    return tuple(Stage(name=f"features_{group.name}", expression=group.per_client()) for group in groups)


def joined(
    parts: Collection[Stage], *, carried: Sequence[str] = (), keep: Callable[[Rows], Condition] | None = None
) -> ibis.Table:
    """Matrix over the stored parts and the application; same rows and columns as `matrix`.

    Parameters
    ----------
    parts : collection of Stage
        Stored and registered parts.
    carried : sequence of str
        Columns of the application to carry beside the key.
    keep : function or None
        Condition on the key: which clients to join. It is applied to every part before they meet, so that a large
        matrix can be joined and sorted share by share in little memory.
    """
    return _joined([part.stored for part in parts], carried, keep)


def _joined(
    parts: Sequence[Rows], carried: Sequence[str], keep: Callable[[Rows], Condition] | None = None
) -> ibis.Table:
    def kept(rows: Rows) -> Rows:
        return rows if keep is None else rows.filter(keep(rows))

    application: Rows = kept(known("application")).select(KEY, *carried)
    whole = application
    for position, part in enumerate(parts):
        key = f"{KEY}_{position}"
        keyed = kept(part).rename({key: KEY})
        # On the application's own column the joins stay one flat list: compiled seven times faster than nested ones.
        whole = whole.left_join(keyed, application[KEY] == keyed[key])
    names = sorted(name for part in parts for name in part.columns if name != KEY)
    return whole.select(KEY, *carried, *names).order_by(KEY)
