"""What a month costs, and what is not known of it."""

import re
from pathlib import Path

import pytest

from garant.cloud.prices import names_of_prices
from garant.cloud.standing.thing import Billed, Standing
from garant.cloud.standing_costs import monthly_cost, totals

KEY = Standing(
    "key", "arn:aws:kms:eu-west-3:1:key/k", "GarantData", "enabled", (Billed("kms_key", 1),), is_at_rest=True
)
BUCKET = Standing("bucket", "raw", "GarantData", "", (Billed("s3_storage", 100),), is_at_rest=True)
DATABASE = Standing(
    "database", "ledger", "GarantServing", "", (Billed("database_x9_huge", 730), Billed("s3_storage", 1))
)
JOB = Standing("job", "a/b", "GarantBatch", "running")


def test_a_month_is_units_times_price_with_its_source() -> None:
    cost = monthly_cost(BUCKET, "eu-west-3")
    assert cost.usd == pytest.approx(100 * 0.024)
    assert [price.region for price in cost.prices] == ["eu-west-3"]
    assert "bill" in cost.prices[0].origin


def test_a_region_without_a_source_has_no_amount_and_not_that_of_another() -> None:
    cost = monthly_cost(BUCKET, "eu-south-2")
    assert (cost.usd, cost.missing, cost.prices) == (None, ("s3_storage",), ())


def test_a_thing_with_one_part_without_a_source_has_no_amount() -> None:
    cost = monthly_cost(DATABASE, "eu-west-3")
    assert (cost.usd, cost.missing) == (None, ("database_x9_huge",))


def test_nothing_costs_nothing_whatever_its_price() -> None:
    empty = Standing("bucket", "raw", "GarantData", "", (Billed("s3_storage", 0),), is_at_rest=True)
    cost = monthly_cost(empty, "eu-south-2")
    assert (cost.usd, cost.missing) == (0, ())


def test_what_is_paid_while_it_works_has_no_price_of_a_month_and_lacks_no_source() -> None:
    cost = monthly_cost(JOB, "eu-west-3")
    assert (cost.usd, cost.missing) == (None, ())


def test_known_and_unknown_are_summed_apart() -> None:
    sums = totals(monthly_cost(thing, "eu-west-3") for thing in (KEY, BUCKET, DATABASE, JOB))
    assert sums.at_rest_usd == pytest.approx(1 + 2.4)
    assert (sums.other_usd, sums.unknown, sums.works) == (0, ("database",), ("database", "job"))


def test_a_name_is_shown_without_the_words_that_every_arn_has() -> None:
    assert KEY.label == "key/k"


def test_what_is_billed_has_its_entry_in_the_list_of_prices(project: Path) -> None:
    folder = project / "src" / "garant" / "cloud" / "standing"
    named = {name for file in folder.glob("*.py") for name in re.findall(r'Billed\("(\w+)"', file.read_text())}
    assert len(named) > 10
    assert named <= {*names_of_prices()}
