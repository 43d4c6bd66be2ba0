"""Protected attributes are read from the raw application and lead to a judgement, never to an input."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.features.catalogue import feature
from garant.features.extra import feature_extras
from garant.models.bundle.content import BundleContent
from garant.models.fairness import ATTRIBUTES, NOT_STATED, OTHER_LEVELS
from garant.runs.accept import accepted_tables
from garant.runs.protected_attributes import AGE_BANDS, protected_attributes
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.schema import TABLES

pytestmark = pytest.mark.xdist_group("own")

HEADER = (
    "SK_ID_CURR,TARGET,NAME_CONTRACT_TYPE,AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_EMPLOYED,DAYS_BIRTH,"
    "CODE_GENDER,NAME_FAMILY_STATUS,REGION_RATING_CLIENT"
)
CHILDREN = tuple(table for table in TABLES if table != "application")

Accept = Callable[[list[str]], AcceptedTables]


@pytest.fixture
def accept(tmp_path: Path, settings: Settings) -> Accept:
    """Accept applications of which only day of birth, sex, family status and region are told."""

    def make(told: list[str]) -> AcceptedTables:
        rows = [f"{100 + n},{n % 2},Cash loans,1000,5000,300,-400,{cells}" for n, cells in enumerate(told)]
        (tmp_path / "application_train.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return accepted_tables(tmp_path, purpose="train", without=CHILDREN, settings=settings)

    return make


def told(accepted: AcceptedTables, ids: list[int], attribute: str) -> list[str]:
    """Group of each applicant."""
    grouping = protected_attributes(accepted, np.array(ids))[attribute]
    assert grouping is not None
    return [grouping.groups[number] for number in grouping.code]


def test_an_age_is_counted_in_full_years_at_the_application(accept: Accept) -> None:
    days = {"18 years": 6575, "a day before 25": 9131, "25": 9132, "a day before 65": 23741, "65": 23742, "90": 32873}
    accepted = accept([f"-{day},F,Married,2" for day in days.values()] + [",F,Married,2"])
    found = told(accepted, [100 + n for n in range(len(days) + 1)], "age")
    assert found == [
        "under_25",
        "under_25",
        "25_to_34",
        "55_to_64",
        "65_and_over",
        "65_and_over",
        NOT_STATED,
    ]
    assert len(AGE_BANDS) == 6


def test_a_level_of_a_few_people_is_not_named(accept: Accept) -> None:
    people = ["-12000,F,Married,2"] * 20 + ["-12000,M,Polyamorous,1", "-12000,,Married,"]
    accepted = accept(people)
    ids = [100 + n for n in range(len(people))]
    assert told(accepted, ids, "family_status")[-2:] == [OTHER_LEVELS, "Married"]
    assert told(accepted, ids, "sex")[-2:] == [OTHER_LEVELS, NOT_STATED]
    assert told(accepted, ids, "region")[-3:] == ["2", OTHER_LEVELS, NOT_STATED]


def test_groups_follow_the_ids_that_are_asked_for(accept: Accept) -> None:
    accepted = accept([f"-{9000 + 400 * n},F,Married,2" for n in range(40)])
    ids = [100 + n for n in (39, 0, 17)]
    assert told(accepted, ids, "age") == ["65_and_over", "under_25", "35_to_44"]


def test_applicants_who_are_not_in_the_data_are_not_judged_as_stating_nothing(accept: Accept) -> None:
    accepted = accept(["-12000,F,Married,2"] * 3)
    with pytest.raises(InvariantError, match="1 of 2 judged applicants are not in the application table"):
        protected_attributes(accepted, np.array([101, 999]))


def test_an_absent_attribute_is_none(accept: Accept) -> None:
    found = protected_attributes(accept(["-12000,F,Married,2"] * 3), np.array([101]))
    assert list(found) == list(ATTRIBUTES)
    assert found["education"] is None
    assert found["sex"] is not None


def test_a_training_judges_its_groups_in_bundle_report_and_one_line(model: TrainResult) -> None:
    content = BundleContent.model_validate_json((model.bundle.folder / "bundle.json").read_bytes())
    section = content.fairness
    assert section is not None
    assert section.cutoff == content.cutoff
    assert set(section.attributes) == set(ATTRIBUTES)
    ages = section.attributes["age"]
    assert sum(group.rows or 0 for group in ages) <= content.training.rows
    assert sum(group.rows or 0 for group in ages) > content.training.rows - 6 * 20
    needing = [g for groups in section.attributes.values() for g in groups if g.verdict == "needs_waiver"]
    (said,) = [line for line in model.said if line.startswith("Fairness: ")]
    assert (f"{len(needing)} of " in said) or (not needing and "none of" in said)
    report = model.report.read_text(encoding="utf-8")
    assert '<h2 id="fairness">Equal treatment</h2>' in report
    assert "Approval ratio by group" in report


def test_no_input_of_the_model_is_a_protected_attribute(model: TrainResult) -> None:
    inputs = {raw for feature in model.bundle.content.features for raw in _raw(model, feature.name)}
    allowed = {"NAME_EDUCATION_TYPE"}
    assert inputs & (set(ATTRIBUTES.values()) - allowed) == set()


def _raw(model: TrainResult, name: str) -> set[str]:
    return {column.split(".")[1] for column in feature(name, feature_extras(model.accepted.config)).inputs}
