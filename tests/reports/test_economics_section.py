"""The section on costs says where they come from, what they do by product, and what is lost or why that is not said."""

import numpy as np
import pytest

from garant.models.economics_file import parse_economics
from garant.models.loans import Loans
from garant.models.pricing import Pricing, pricing
from garant.models.product_results import product_results
from garant.reports.economics_section import EconomicsFacts, economics_section
from garant.scoring.expected_loss import Absence, expected_loss
from garant.wording.catalogue import Wording

FR, EN = Wording("fr"), Wording("en")
ECONOMICS = parse_economics(
    {"margin": 0.1, "lgd": 0.5, "products": {"Revolving loans": {"margin": 0.3, "lgd": 0.4}}}, where="test"
)
# 100 cash loans of 1,000 at 20 %, 50 revolving loans of 500 at 30 %: refused from 1/6 and from 3/7 on.
PD = np.array([0.2] * 100 + [0.3] * 50)
LABEL = np.array([1] * 30 + [0] * 70 + [1] * 10 + [0] * 40, dtype=np.int8)
LOANS = Loans(
    np.array(["Cash loans"] * 100 + ["Revolving loans"] * 50, dtype=object), np.array([1000.0] * 100 + [500.0] * 50)
)


def facts(prices: Pricing, absent: Absence | None = None) -> EconomicsFacts:
    rows = prices.cutoffs.rows(LOANS.product)
    return EconomicsFacts(
        pricing=prices,
        label=LABEL,
        shares={outcome: float(np.mean(hit)) for outcome, hit in rows.outcomes(PD).items()},
        results=product_results(LABEL, PD, LOANS, rows),
        losses=absent or expected_loss(PD, LOANS, ECONOMICS),
        currency="EUR",
    )


def test_each_product_has_its_cut_off_ratio_outcomes_and_cost() -> None:
    section = economics_section(facts(pricing(costs=None, economics=ECONOMICS)), EN)
    cash, revolving = section.tables[1].rows
    assert cash[1:9] == ("100", "30.00%", "1,000", "16.67%", "1:5", "0.00%", "0.00%", "100.00%")
    assert revolving[1:9] == ("50", "20.00%", "500", "42.86%", "1:1.33", "100.00%", "0.00%", "0.00%")
    # 70 good payers refused at 0.1 each; 10 bad ones accepted at 0.4 each.
    assert (cash[9], revolving[9]) == ("0.0700", "0.0800")
    assert any("66.67% of them would be refused" in said for said in section.paragraphs)


def test_expected_and_observed_losses_are_those_of_a_hand_computation() -> None:
    table = economics_section(facts(pricing(costs=None, economics=ECONOMICS)), EN).tables[-1]
    assert "EUR" in table.caption
    # 100 × 1,000 × 0.2 × 0.5; 50 × 500 × 0.3 × 0.4; 30 × 1,000 × 0.5; 10 × 500 × 0.4.
    assert [row[1:] for row in table.rows] == [
        ("100,000", "10,000", "10.00%", "15,000"),
        ("25,000", "3,000", "12.00%", "2,000"),
        ("125,000", "13,000", "10.40%", "17,000"),
    ]


@pytest.mark.parametrize(
    ("absent", "said"),
    [("not_default", "l’étiquette n’est pas déclarée comme un défaut"), ("no_lgd", "quelle part de l’exposition")],
)
def test_without_losses_one_sentence_says_why(absent: Absence, said: str) -> None:
    section = economics_section(facts(pricing(costs="1:10"), absent), FR)
    assert sum(said in paragraph for paragraph in section.paragraphs) == 1
    (table,) = section.tables
    assert "perte" not in " ".join(table.columns).lower()


def test_a_single_cut_off_is_that_of_every_product() -> None:
    section = economics_section(facts(pricing(costs="1:10"), "no_lgd"), EN)
    assert {row[4] for row in section.tables[0].rows} == {"9.09%"}
    assert not any("own cut-off" in said for said in section.paragraphs)
