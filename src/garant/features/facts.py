"""Facts that policy rules ask for: not features of a model, never scored."""

from collections.abc import Collection

import ibis

from garant.exceptions import UnknownNameError
from garant.features.aggregates import days_before
from garant.features.bureau_debt import active_annuities
from garant.features.ratio import money, number
from garant.tables.expressions import Rows, Value
from garant.tables.point_in_time import known
from garant.tables.schema import TABLES
from garant.tables.unbound import unbound


def facts(tables: Collection[str], charges_column: str | None = None) -> ibis.Table:
    """Facts of every application, in the order of the key.

    Parameters
    ----------
    tables : collection of str
        Raw tables that are there; without ``bureau`` nothing is known of instalments elsewhere.
    charges_column : str or None
        Column of the application with the person's known charges, in thousandths, the annuity asked for included.
        Without one, charges are that annuity and the stated annuities of running credits elsewhere.

    Returns
    -------
    ibis Table
        ``SK_ID_CURR``, then in currency units ``income``, ``credit``, ``annuity``, ``charges``, and ``age_days``;
        float64, NULL where the application does not say.

    Raises
    ------
    UnknownNameError
        When a table is none of the seven.
    """
    for table in tables:
        if table not in TABLES:
            raise UnknownNameError("table", table, TABLES)
    row = _application(charges_column)
    rows, charges = (row, row[charges_column]) if charges_column else _known_instalments(row, tables)
    return rows.select(
        "SK_ID_CURR",
        income=money(row.AMT_INCOME_TOTAL),
        credit=money(row.AMT_CREDIT),
        annuity=money(row.AMT_ANNUITY),
        charges=money(charges),
        age_days=number(days_before(row.DAYS_BIRTH)),
    ).order_by("SK_ID_CURR")


def _application(charges_column: str | None) -> Rows:
    """Application, with the lender's own column of charges where it is none of the official ones."""
    official = unbound("application")
    if charges_column is None or charges_column in official.columns:
        return official
    return ibis.table({**dict(official.schema().items()), charges_column: "int64"}, name="application")


def _known_instalments(row: Rows, tables: Collection[str]) -> tuple[Rows, Value]:
    if "bureau" not in tables:
        return row, row.AMT_ANNUITY
    credit = known("bureau")
    elsewhere = credit.group_by("SK_ID_CURR").aggregate(elsewhere=active_annuities(credit))
    rows: Rows = row.left_join(elsewhere, "SK_ID_CURR")
    return rows, row.AMT_ANNUITY + rows.elsewhere.coalesce(0)
