"""The section on gates says whose measures it judged."""

import pytest

from garant.models.bundle.promotion.gates import GATES, Verdict
from garant.reports.sections.gates import gates_section
from garant.wording.catalogue import Wording

FR, EN = Wording("fr"), Wording("en")
PASSED = [Verdict(name, None) for name in GATES]


@pytest.mark.parametrize(
    ("wording", "same_rules"), [(EN, "same rules as those of the promotion gates"), (FR, "mêmes règles que celles")]
)
def test_on_other_data_the_rules_decide_no_promotion_and_the_page_says_so(wording: Wording, same_rules: str) -> None:
    (said,) = gates_section(PASSED, later=True)(wording).paragraphs
    assert same_rules in said
    assert "garant bundle promote" in said
    (own,) = gates_section(PASSED)(wording).paragraphs
    assert "garant bundle promote" not in own


@pytest.mark.parametrize("wording", [EN, FR])
def test_every_gate_has_a_name_in_words(wording: Wording) -> None:
    (table,) = gates_section(PASSED)(wording).tables
    assert not {row[0] for row in table.rows} & set(GATES)
