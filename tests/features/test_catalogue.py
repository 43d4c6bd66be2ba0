"""Every entry is complete, names are unique, profiles hold what they may hold."""

from collections import Counter
from dataclasses import replace

import ibis
import pytest

from garant.exceptions import InvariantError, UnknownNameError
from garant.features.catalogue import catalogue, check, feature, groups
from garant.features.feature import Feature, Legal, Missing, Profile, Sign, Unit
from garant.tables.columns import Kind
from garant.tables.schema import TABLES

EVERYTHING = catalogue(profile=Profile.KAGGLE)

SENSITIVE = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns if column.sensitive}

NEVER_READ = {"application.TARGET", "application.APPLICATION_DATE"} | {
    f"{table}.{column}" for table in TABLES for column in ("source_file", "source_line")
}


def test_every_table_has_features_and_there_are_enough():
    per_table = Counter(f.table for f in catalogue())
    assert set(per_table) == set(TABLES)
    assert min(per_table.values()) >= 10
    assert 310 <= len(catalogue()) <= len(EVERYTHING) <= 400


def test_features_are_sorted_and_have_a_name_each():
    names = [f.name for f in EVERYTHING]
    assert names == sorted(set(names))


@pytest.mark.parametrize("entry", EVERYTHING, ids=lambda f: f.name)
def test_a_name_is_its_text_stem_and_its_window(entry: Feature):
    assert entry.name in {entry.text, f"{entry.text}_{entry.window}"}
    assert (entry.name == entry.text) == (entry.table == "application" and entry.text != "application_enquiries_n")


def test_features_of_one_stem_differ_in_their_window_only():
    by_stem: dict[str, set[tuple[object, ...]]] = {}
    for f in EVERYTHING:
        by_stem.setdefault(f.text, set()).add((f.table, f.unit, f.missing, f.family, f.legal))
    assert [stem for stem, entries in by_stem.items() if len(entries) > 1] == []


def test_no_stem_raises_the_risk_in_one_window_and_lowers_it_in_another():
    by_stem: dict[str, set[Sign]] = {}
    for f in EVERYTHING:
        by_stem.setdefault(f.text, set()).add(f.sign)
    assert [stem for stem, signs in by_stem.items() if len(signs - {Sign.NONE}) > 1] == []


def test_profile_eu_reads_no_column_declared_sensitive():
    assert SENSITIVE
    assert {f.name: SENSITIVE & set(f.inputs) for f in catalogue() if SENSITIVE & set(f.inputs)} == {}


def test_what_reads_a_sensitive_column_is_told_as_a_proxy_or_for_fairness_only():
    for f in EVERYTHING:
        touched = SENSITIVE & set(f.inputs)
        assert bool(touched) == (f.legal in {Legal.PROXY, Legal.FAIRNESS_ONLY}), f.name


def test_profile_kaggle_adds_exactly_the_protected_features():
    added = {f.name for f in EVERYTHING} - {f.name for f in catalogue()}
    assert {"application_sex", "application_age_days", "application_region_rating"} <= added
    assert {f.family for f in EVERYTHING if f.name in added} == {"personal_situation", "region", "social_circle"}


def test_protected_families_hold_no_feature_of_profile_eu():
    assert {f.family for f in catalogue()}.isdisjoint({"personal_situation", "region", "social_circle"})


def test_external_scores_are_told_as_such():
    for f in EVERYTHING:
        assert (f.legal is Legal.EXTERNAL) == any("EXT_SOURCE" in column for column in f.inputs), f.name


def test_no_feature_reads_the_label_the_calendar_or_where_a_row_stood():
    for f in EVERYTHING:
        assert NEVER_READ.isdisjoint(f.inputs), f.name


def test_a_category_reads_one_raw_category_whose_levels_it_shows():
    for f in EVERYTHING:
        if f.is_category:
            tables_and_columns = (name.split(".") for name in f.inputs)
            kinds = [TABLES[table][column].kind for table, column in tables_and_columns]
            assert kinds.count(Kind.CATEGORY) == 1, f.name


def test_only_certain_directions_have_a_sign():
    unsigned = ("application_credit", "application_goods_price", "bureau_credits_n_all", "previous_credit_mean_all")
    assert {feature(name).sign for name in unsigned} == {Sign.NONE}
    assert feature("bureau_debt_sum_all").sign is Sign.RAISES
    assert feature("installments_late_days_max_365d").sign is Sign.RAISES
    assert feature("application_external_score_2").sign is Sign.LOWERS
    assert {f.sign for f in EVERYTHING if f.is_category} == {Sign.NONE}


def test_features_of_absent_tables_are_left_out():
    without_bureau = catalogue([name for name in TABLES if name != "bureau"])
    assert {f.table for f in without_bureau} == set(TABLES) - {"bureau", "bureau_balance"}


def test_without_the_application_there_is_nothing():
    assert groups(["bureau"]) == ()


def test_an_unknown_table_is_named():
    with pytest.raises(UnknownNameError, match=r"Unknown table 'burau'\. Did you mean 'bureau'"):
        groups(["application", "burau"])


def test_an_unknown_feature_is_answered_with_near_names():
    with pytest.raises(UnknownNameError, match="installments_late_days_max_365d"):
        feature("instalments_late_days_max_365d")


def broken(**changes: object) -> str:
    """Message of the check for the group application with one broken entry."""
    group = groups(["application"])[0]
    faulty = replace(group.features[0], **changes)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvariantError) as raised:
        check([replace(group, features=(faulty,))])
    return str(raised.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"family": ""}, "family is empty"),
        ({"text": ""}, "text is empty"),
        ({"table": "applications"}, "no raw table 'applications'"),
        ({"unit": Unit.CATEGORY}, "its values are float64"),
        ({"expression": ibis.literal(1.0)}, "reads no raw column"),
        ({"expression": ibis.literal(1)}, "its values are int8"),
    ],
)
def test_an_incomplete_entry_is_refused(changes: dict[str, object], message: str):
    assert message in broken(**changes)


def test_two_features_of_one_name_are_refused():
    group = groups(["application"])[0]
    twice = replace(group, features=(group.features[0], group.features[0]))
    with pytest.raises(InvariantError, match="2 features have this name"):
        check([twice])


def test_every_way_to_be_missing_is_in_use():
    assert {f.missing for f in EVERYTHING} == set(Missing)
