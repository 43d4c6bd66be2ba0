"""Rows of one person from the cells that matter, and the shipped moves."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lenders.writing import as_arrow, complete

from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows

Person = Callable[..., ClientRows]

LOAN: Mapping[str, Any] = {
    "NAME_CONTRACT_TYPE": "Cash loans",
    "AMT_GOODS_PRICE": 450_000_000,
    "AMT_CREDIT": 540_000_000,
    "AMT_ANNUITY": 27_000_000,
    "AMT_INCOME_TOTAL": 90_000_000,
    "DAYS_BIRTH": -12_000,
}
"""Goods for 450,000, a credit of 540,000, 27,000 a month; thousandths."""


@pytest.fixture
def person() -> Person:
    """Client 7 with this loan; keywords are cells of the application, positional mappings are rows of child tables."""

    def build(children: Mapping[str, list[dict[str, Any]]] | None = None, **cells: object) -> ClientRows:
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        rows["application"] = [complete("application", {"SK_ID_CURR": 7, **LOAN, **cells})]
        for name, of_table in (children or {}).items():
            rows[name] = [complete(name, {"SK_ID_CURR": 7, **each}) for each in of_table]
        return {name: as_arrow(name, of_table) for name, of_table in rows.items()}

    return build


@pytest.fixture(scope="session")
def moves() -> MoveCatalogue:
    """The shipped moves for a lender whose instalments are monthly."""
    return MoveCatalogue.of(load_terms(), TablesConfig.model_validate({"money": {"period": "month"}}))
