"""What commands say of cut-offs and losses."""

import pytest

from garant.cli.cutoffs import WHY_NO_LOSS, loss_line, product_ratios
from garant.exceptions import UsageError


def test_ratios_of_products_are_read_from_arguments() -> None:
    assert product_ratios(["Revolving loans=1:6", "Cash loans = 1:9"]) == {
        "Revolving loans": "1:6",
        "Cash loans": " 1:9",
    }


@pytest.mark.parametrize("said", [["Revolving loans"], ["Cash loans=1:2", "Cash loans=1:3"]])
def test_an_argument_without_ratio_or_a_product_twice_is_refused(said: list[str]) -> None:
    with pytest.raises(UsageError, match="write each product once"):
        product_ratios(said)


def test_losses_are_summed_over_outcomes() -> None:
    found = {
        "currency": None,
        "ead": {"accept": 900.0, "refer": 50.0, "refuse": 50.0},
        "expected_loss": {"accept": 40.0, "refer": 5.0, "refuse": 20.0},
    }
    assert loss_line(found) == (
        "Expected loss: 65 currency units on an exposure of 1,000; 40 on 900 of those proposed for acceptance."
    )


@pytest.mark.parametrize("absent", ["not_default", "no_lgd"])
def test_why_there_is_no_loss_names_the_entry_to_write(absent: str) -> None:
    assert loss_line({"absent": absent}) == WHY_NO_LOSS[absent]
    assert "[" in WHY_NO_LOSS[absent]
