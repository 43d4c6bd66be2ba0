"""What commands say of cut-offs and losses."""

from pathlib import Path
from typing import Any

import pytest

from garant.cli.app import run
from garant.cli.cutoffs import WHY_NO_LOSS, loss_line, product_ratios, turned_round
from garant.exceptions import UsageError
from garant.models.economics_file import parse_economics
from garant.models.pricing import pricing


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


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        ({"costs": "1:10"}, []),
        ({"costs": "1:1"}, []),
        (
            {"costs": "10:1"},
            ["costs 10:1: refusing a good payer costs more than accepting a bad one: is 1:10 meant?"],
        ),
        (
            {"costs": "1:10", "product_costs": {"Revolving loans": "6:1"}},
            ["costs of Revolving loans 6:1: refusing a good payer costs more than accepting a bad one: is 1:6 meant?"],
        ),
        (
            {"costs": None, "economics": parse_economics({"margin": 0.9, "lgd": 0.45}, where="test")},
            ["costs 0.9:0.45: refusing a good payer costs more than accepting a bad one: are margin and lgd meant?"],
        ),
    ],
)
def test_costs_that_look_turned_round_are_asked_about(said: dict[str, Any], warned: list[str]) -> None:
    assert turned_round(pricing(**said)) == warned


def test_training_asks_about_turned_costs_before_it_reads_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GARANT_COSTS", "10:1")
    monkeypatch.setenv("GARANT_DEVELOPMENT_KEY", str(tmp_path / "development.key"))
    assert run(["train", "none", "--bundle", "model"]) != 0
    assert "is 1:10 meant?" in capsys.readouterr().err


@pytest.mark.parametrize("absent", ["not_default", "no_lgd"])
def test_why_there_is_no_loss_names_the_entry_to_write(absent: str) -> None:
    assert loss_line({"absent": absent}) == WHY_NO_LOSS[absent]
    assert "[" in WHY_NO_LOSS[absent]
