"""What an applicant is asked: what the bundle needs, and nothing else."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.runs.deciding.asked_columns import AskedColumns
from garant.tables.config import Extra, Money, TablesConfig
from garant.tables.schema_application import APPLICATION

if TYPE_CHECKING:
    from garant.models.bundle.content import BundleContent

EXTRA = {
    "MONTHS_AS_CUSTOMER": Extra(type="months", text_fr="Mois", text_en="Months"),
    "RELIGION": Extra(type="category", legal="banned", text_fr="Religion", text_en="Religion"),
}
PROTECTED = {column.name for column in APPLICATION.columns if column.sensitive}


def asked(
    profile: Profile,
    config: TablesConfig | None = None,
    *,
    absent: tuple[str, ...] = (),
    levels: tuple[str, ...] | None = None,
) -> AskedColumns:
    """Columns of a model with all features of a profile."""
    found = config or TablesConfig()
    features = catalogue(profile=profile, extras={"MONTHS_AS_CUSTOMER": EXTRA["MONTHS_AS_CUSTOMER"]})
    entries = [
        SimpleNamespace(name=feature.name, levels=levels if feature.name.endswith("income_type") else None)
        for feature in features
    ]
    content = SimpleNamespace(profile=str(profile), features=entries, absent_columns={"application": absent})
    return AskedColumns.of(features, cast("BundleContent", content), found)


def test_profile_eu_asks_for_no_protected_fact_but_the_age_that_the_law_needs():
    assert PROTECTED & set(asked(Profile.EU).by_name) == {"DAYS_BIRTH"}
    assert PROTECTED & set(asked(Profile.KAGGLE).by_name) >= {"CODE_GENDER", "CNT_CHILDREN", "NAME_FAMILY_STATUS"}


def test_profile_eu_offers_no_value_that_points_to_religion_or_maternity():
    eu, kaggle = asked(Profile.EU).by_name, asked(Profile.KAGGLE).by_name
    for column, level in (("NAME_INCOME_TYPE", "Maternity leave"), ("ORGANIZATION_TYPE", "Religion")):
        assert level not in eu[column].levels
        assert level in kaggle[column].levels
        assert len(eu[column].levels) == len(kaggle[column].levels) - 1


def test_what_files_must_have_is_required_and_the_outcome_never_asked():
    found = asked(Profile.EU).by_name
    assert {name for name, each in found.items() if each.required} == {
        c.name for c in APPLICATION.columns if c.required
    }
    assert "TARGET" not in found


def test_what_training_never_had_is_not_asked():
    assert "OWN_CAR_AGE" in asked(Profile.EU).by_name
    assert "OWN_CAR_AGE" not in asked(Profile.EU, absent=("OWN_CAR_AGE",)).by_name


def test_the_lenders_own_levels_can_be_chosen():
    found = asked(Profile.EU, levels=("Working", "CDI")).by_name["NAME_INCOME_TYPE"].levels
    assert found[-1] == "CDI"
    assert len(set(found)) == len(found)


def test_the_lenders_own_columns_are_asked_where_they_are_read_and_sent_empty_where_not():
    config = TablesConfig(extra=EXTRA, money=Money(charges="CHARGES"))
    found = asked(Profile.EU, config)
    assert found.by_name["CHARGES"].required
    own = found.by_name["MONTHS_AS_CUSTOMER"]
    assert (own.required, own.own) == (False, EXTRA["MONTHS_AS_CUSTOMER"])
    assert found.unasked == ("RELIGION",)
