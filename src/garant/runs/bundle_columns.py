"""Whether the data have the columns that a bundle learned from."""

from collections.abc import Sequence

from garant.exceptions import BundleColumnsError
from garant.features.feature import Feature
from garant.models.bundle.content import BundleContent
from garant.runs.absent_columns import absent_of, features_by_column
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig

SHOWN = 5
"""Features named for each column; the rest are counted."""


def require_columns(
    features: Sequence[Feature], content: BundleContent, accepted: AcceptedTables, *, allow_missing: bool
) -> dict[str, tuple[str, ...]]:
    """Columns that the bundle learned from and the data lack, each with the bundle's features that read it.

    Parameters
    ----------
    features : sequence of Feature
        The bundle's inputs.
    content : BundleContent
        What the bundle says of the columns that training lacked as well: those are no obstacle.
    accepted : AcceptedTables
        The data.
    allow_missing : bool
        Whether to go on: the columns are then read as empty.

    Raises
    ------
    BundleColumnsError
        When there are any and `allow_missing` is False; and when ``tables.toml`` does not declare the lender's own
        columns as the bundle knows them, whatever is allowed.
    """
    require_extras(content, accepted.config)
    never_had = {f"{table}.{name}" for table, names in (content.absent_columns or {}).items() for name in names}
    by_column = features_by_column(features, absent_of(accepted))
    missing = {c: readers for c, readers in by_column.items() if readers and c not in never_had}
    if missing and not allow_missing:
        losing = sorted({feature for readers in missing.values() for feature in readers})
        lines = "\n".join(f"  {column}: {_listed(readers)}" for column, readers in missing.items())
        raise BundleColumnsError(
            f"The bundle learned from columns that these data do not have; {len(losing)} of its {len(features)} "
            f"features read them:\n{lines}\n"
            "Add the columns, train a bundle without them, or go on with --allow-missing-columns: they are then read "
            "as empty, as if nobody had stated them."
        )
    return missing


def require_extras(content: BundleContent, config: TablesConfig) -> None:
    """Refuse the lender's own columns unless `config` declares them as the bundle learned them.

    Texts may differ: those of the bundle are said.

    Raises
    ------
    BundleColumnsError
        Names each column, what the bundle learned and what is declared.
    """
    wrong: list[str] = []
    for name, learned in (content.extras or {}).items():
        found = config.extra.get(name)
        if found is None:
            wrong.append(f"  {name}: not declared; add the column and [extra.{name}] of type {learned.type}")
            continue
        for key in ("type", "sign", "family", "legal"):
            was, now = getattr(learned, key), getattr(found, key)
            if was != now:
                wrong.append(f'  [extra.{name}] {key}: the bundle learned "{was}", found "{now}"')
    if wrong:
        raise BundleColumnsError(
            "tables.toml does not declare the lender's columns as the bundle knows them:\n" + "\n".join(wrong) + "\n"
            "Correct tables.toml, or train again."
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
