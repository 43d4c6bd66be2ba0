"""Variants side by side: each a client of its own, with its own credits, in the same order as before."""

from lenders.writing import Row, as_arrow, complete

from garant.tables.variants import ClientRows, side_by_side


def rows(numbers: list[int], months: list[int], *, limit: int = 0) -> ClientRows:
    """A client 700 with an application, credits elsewhere, and months of credits."""
    children: dict[str, list[Row]] = {
        "application": [{"SK_ID_CURR": 700, "AMT_CREDIT": limit}],
        "bureau": [{"SK_ID_CURR": 700, "SK_ID_BUREAU": number, "AMT_CREDIT_SUM": number} for number in numbers],
        "bureau_balance": [{"SK_ID_BUREAU": number, "MONTHS_BALANCE": -number} for number in months],
        "installments_payments": [{"SK_ID_CURR": 700, "SK_ID_PREV": 33}],
    }
    return {name: as_arrow(name, [complete(name, cells) for cells in found]) for name, found in children.items()}


def test_every_variant_is_a_client_of_its_own_with_what_it_was_given():
    found = side_by_side([rows([5], [5], limit=1), rows([], [], limit=2), rows([5, 6], [6], limit=3)])
    application = found["application"].select(["SK_ID_CURR", "AMT_CREDIT"]).to_pylist()
    assert application == [{"SK_ID_CURR": n, "AMT_CREDIT": n} for n in (1, 2, 3)]
    assert found["bureau"]["SK_ID_CURR"].to_pylist() == [1, 3, 3]
    assert found["installments_payments"].select(["SK_ID_CURR", "SK_ID_PREV"]).to_pylist() == [
        {"SK_ID_CURR": n, "SK_ID_PREV": 33} for n in (1, 2, 3)
    ]


def test_months_stay_with_their_credit_and_those_of_no_credit_with_none():
    found = side_by_side([rows([8, 5], [5, 8, 9]), rows([9, 5], [5, 5])])
    owner_of = {row["SK_ID_BUREAU"]: row for row in found["bureau"].to_pylist()}
    assert len(owner_of) == 4
    owners = [owner_of.get(month["SK_ID_BUREAU"], {}) for month in found["bureau_balance"].to_pylist()]
    # The month of credit 9 is nobody's: the first variant has no such credit.
    assert [owner.get("AMT_CREDIT_SUM") for owner in owners] == [5, 8, None, 5, 5]
    assert [owner.get("SK_ID_CURR") for owner in owners] == [1, 1, None, 2, 2]


def test_credits_keep_their_order():
    numbers = side_by_side([rows([8, 5, 6], []), rows([6, 8, 5], [])])["bureau"]["SK_ID_BUREAU"].to_pylist()
    assert numbers[1] < numbers[2] < numbers[0] < numbers[5] < numbers[3] < numbers[4]


def test_a_table_that_a_variant_leaves_out_has_no_rows_of_it():
    without = {name: table for name, table in rows([5], [5]).items() if name != "bureau"}
    assert side_by_side([without, rows([5], [])])["bureau"]["SK_ID_CURR"].to_pylist() == [2]
    assert "bureau" not in side_by_side([without])


def test_no_variant_at_all_is_no_row():
    assert side_by_side([]) == {}
