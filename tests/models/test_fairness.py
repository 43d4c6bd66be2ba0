"""A cut-off judged over groups, and what a bundle keeps of it."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from garant.metrics.fairness import Grouping
from garant.models.bundle.fairness import MIN_SHOWN_ROWS, FairnessEntry
from garant.models.cutoff import Costs, ReferBand
from garant.models.fairness import Fairness
from garant.models.fairness_judgement import judge_fairness
from garant.models.product_cutoffs import PRODUCTS, Cutoffs

ROWS = 2_000
RNG = np.random.default_rng(6)
PD = RNG.beta(1, 9, ROWS)
LABEL = (RNG.random(ROWS) < PD).astype(np.int8)
FEW = MIN_SHOWN_ROWS - 1


def groupings(pd: np.ndarray) -> dict[str, Grouping | None]:
    """Sex without any bearing, two ages parted by PD, a region of too few; the education is not known."""
    region = np.zeros(ROWS, dtype=np.int64)
    region[:FEW], region[FEW : FEW + 50] = 1, 2
    return {
        "sex": Grouping(("F", "M"), np.arange(ROWS) % 2),
        "age": Grouping(("under_25", "65_and_over"), (pd < 0.07).astype(np.int64)),
        "region": Grouping(("1", "2", "3"), region),
        "education": None,
    }


def judged(costs: str = "1:9", band: ReferBand | None = None, products: dict[str, Costs] | None = None) -> Fairness:
    """The sample judged; every other applicant asks for a revolving loan."""
    cutoffs = Cutoffs.of(Costs.parse(costs), products, band=band)
    product = np.array(PRODUCTS, dtype=object)[np.arange(ROWS) // 2 % 2]
    return judge_fairness(LABEL, PD, groupings(PD), cutoffs=cutoffs, rows=cutoffs.rows(product))


def test_the_group_that_is_treated_apart_is_named_and_no_other():
    found = judged()
    assert [(name, group.group, group.faults) for name, group in found.waived] == [
        ("age", "under_25", ("approval_ratio",))
    ]
    assert found.unknown == ("education",)
    assert [(name, group.group) for name, group in found.judged if name == "region"] == [("region", "1")]


def test_whom_a_person_looks_at_counts_on_the_side_of_the_cutoff_so_a_wider_band_changes_no_verdict():
    narrow, wide = judged(), judged(band=ReferBand(0.05, 0.2))
    for name, groups in narrow.attributes.items():
        for before, after in zip(groups, wide.attributes[name], strict=True):
            assert (before.approved, before.approval_ratio) == (after.approved, after.approval_ratio)
            assert before.referred == 0
    women = wide.attributes["sex"][0]
    mine = PD[np.arange(ROWS) % 2 == 0]
    assert women.referred == np.count_nonzero((mine >= 0.05) & (mine < 0.2))


def test_each_applicant_is_approved_by_the_cutoff_of_the_product_asked_for():
    found = judged(products={"Revolving loans": Costs(1, 3)})
    revolving = np.arange(ROWS) // 2 % 2 == PRODUCTS.index("Revolving loans")
    approved = np.where(revolving, PD < 0.25, PD < 0.1)
    women, men = found.attributes["sex"]
    assert (women.approved, men.approved) == (np.sum(approved[::2]), np.sum(approved[1::2]))
    assert FairnessEntry.of(found).product_cutoffs == {"Revolving loans": pytest.approx(0.25)}
    assert FairnessEntry.of(judged()).product_cutoffs is None


def test_a_pd_at_the_cutoff_is_a_refusal():
    cutoffs = Cutoffs.of(Costs(1, 9))
    at = np.full(ROWS, cutoffs.single.cutoff)
    product = np.full(ROWS, PRODUCTS[0], dtype=object)
    found = judge_fairness(LABEL, at, groupings(PD), cutoffs=cutoffs, rows=cutoffs.rows(product))
    assert [group.approved for group in found.attributes["sex"]] == [0, 0]


def test_the_bundle_keeps_no_figure_of_a_group_of_a_few_people():
    entry = FairnessEntry.of(judged())
    few, some = entry.attributes["region"][1:]
    assert (few.group, few.verdict) == ("2", "not_judged")
    assert set(few.model_dump(exclude={"group", "verdict"}).values()) == {None}
    assert (some.rows, some.verdict) == (50, "not_judged")
    assert some.approval_ratio is not None
    assert some.faults == ()


def test_the_section_survives_being_written_and_read():
    entry = FairnessEntry.of(judged())
    assert FairnessEntry.model_validate_json(entry.model_dump_json()) == entry
    verdicts = {group.group: group.verdict for group in entry.attributes["age"]}
    assert verdicts == {"under_25": "needs_waiver", "65_and_over": "passed"}


def test_figures_that_the_sample_cannot_tell_are_null():
    """Nobody at all is approved, so no ratio is known."""
    entry = FairnessEntry.of(judged(costs="1:1000000000"))
    assert {group.approval_ratio for group in entry.attributes["sex"]} == {None}
    assert "NaN" not in entry.model_dump_json()


def test_a_section_that_contradicts_itself_is_refused():
    said = json.loads(FairnessEntry.of(judged()).model_dump_json())
    said["unknown"] = ["sex"]
    with pytest.raises(ValidationError, match="sex is said to be unknown and has groups"):
        FairnessEntry.model_validate_json(json.dumps(said))
