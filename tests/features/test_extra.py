"""The lender's own columns as features: values, entries, names, and what is refused."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import UnknownNameError, UsageError
from garant.features.catalogue import catalogue, feature, groups
from garant.features.extra import extra_name, extras_of, feature_extras
from garant.features.feature import Legal, Profile, Sign, Unit
from garant.features.matrix import matrix, only
from garant.tables.config import Extra, TablesConfig
from garant.tables.schema import TABLES

Row = dict[str, Any]
Book = dict[str, list[Row]]


def extra(kind: str, **said: str) -> Extra:
    """Declaration of one column."""
    return Extra.model_validate({"type": kind, "text_fr": "Colonne", "text_en": "Column", **said})


OWN = {
    "Savings": extra("money"),
    "DaysSince": extra("days"),
    "MonthsAsCustomer": extra("months", sign="lowers", family="loyalty"),
    "visits": extra("count"),
    "grade": extra("rating"),
    "card": extra("flag"),
    "rate": extra("rate"),
    "segment": extra("category"),
}

CELLS: list[Row] = [
    {
        "Savings": 1_234_567,
        "DaysSince": -30,
        "MonthsAsCustomer": 14,
        "visits": 0,
        "grade": 3,
        "card": 1,
        "rate": 0.1,
        "segment": "gold",
    },
    dict.fromkeys(OWN),
]


def run_own(tmp_path: Path, cells: list[Row], extras: dict[str, Extra]) -> list[Row]:
    """Matrix of the own columns of clients 1, 2, …."""
    schema = TablesConfig(extra=extras).table_schema("application").arrow
    rows = [{**dict.fromkeys(schema.names), "SK_ID_CURR": i, **row} for i, row in enumerate(cells, start=1)]
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "application.parquet")
    own = only(groups(["application"], extras), [extra_name(name) for name in extras])
    with DuckDBEngine() as engine:
        engine.register("application", [tmp_path / "application.parquet"], schema)
        return [row for batch in engine.batches(matrix(own)) for row in batch.to_pylist()]


def test_a_column_of_each_type_is_told_in_natural_units_and_null_stays_null(tmp_path: Path):
    stated, empty = run_own(tmp_path, CELLS, OWN)
    assert stated == {
        "SK_ID_CURR": 1,
        "application_extra_savings": 1234.567,
        "application_extra_dayssince": -30.0,
        "application_extra_monthsascustomer": 14.0,
        "application_extra_visits": 0.0,
        "application_extra_grade": 3.0,
        "application_extra_card": 1.0,
        "application_extra_rate": 0.1,
        "application_extra_segment": "gold",
    }
    assert {value for name, value in empty.items() if name != "SK_ID_CURR"} == {None}


def test_sqlite_gives_the_bits_of_duckdb(tmp_path: Path):
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE application (SK_ID_CURR INTEGER, {', '.join(OWN)})")
    marks = ", ".join("?" for _ in range(1 + len(OWN)))
    for client, row in enumerate(CELLS, start=1):
        connection.execute(f"INSERT INTO application VALUES ({marks})", [client, *(row[name] for name in OWN)])
    own = only(groups(["application"], OWN), [extra_name(name) for name in OWN])
    found = connection.execute(str(ibis.to_sql(matrix(own), dialect="sqlite"))).fetchall()
    assert found == [tuple(row.values()) for row in run_own(tmp_path, CELLS, OWN)]


def test_the_entry_is_what_the_lender_declared():
    found = feature("application_extra_monthsascustomer", OWN)
    assert (found.unit, found.sign, found.family, found.legal) == (Unit.MONTHS, Sign.LOWERS, "loyalty", Legal.ALLOWED)
    assert found.inputs == ("application.MonthsAsCustomer",)
    units = {name: feature(extra_name(name), OWN).unit.value for name in OWN}
    assert units == {
        "Savings": "money",
        "DaysSince": "days",
        "MonthsAsCustomer": "months",
        "visits": "count",
        "grade": "rating",
        "card": "flag",
        "rate": "score",
        "segment": "category",
    }
    with pytest.raises(UnknownNameError):
        feature("application_extra_monthsascustomer")


def test_a_column_of_noise_changes_no_other_feature(
    one_client: Callable[..., Book],
    tmp_path: Path,
):
    book = one_client({"application": [{"AMT_CREDIT": 9_000_000, "AMT_ANNUITY": 300_000, "CODE_GENDER": "F"}]})
    noisy = TablesConfig(extra={"noise": extra("count")})
    found: list[Row] = []
    for config in (TablesConfig(), noisy):
        schema = config.table_schema("application").arrow
        pq.write_table(pa.Table.from_pylist([{**book["application"][0], "noise": 5}], schema), tmp_path / "a.parquet")
        with DuckDBEngine() as engine:
            for name in TABLES:
                files = [tmp_path / "a.parquet"] if name == "application" else []
                engine.register(name, files, config.table_schema(name).arrow)
            expression = matrix(groups(extras=feature_extras(config)))
            found += [row for batch in engine.batches(expression) for row in batch.to_pylist()]
    assert found[1].pop("application_extra_noise") == 5.0
    assert found[0] == found[1]


def test_own_columns_change_the_definition_of_no_other_feature():
    plain = {f.name: str(f.expression) for f in catalogue(profile=Profile.KAGGLE)}
    with_own = {f.name: str(f.expression) for f in catalogue(profile=Profile.KAGGLE, extras=OWN)}
    assert plain.items() <= with_own.items()
    banned = catalogue(extras={**OWN, "secret": extra("count", legal="banned")})
    expected = {f.name: str(f.expression) for f in catalogue(extras=OWN)}
    assert {f.name: str(f.expression) for f in banned} == expected


@pytest.mark.parametrize(
    ("legal", "profiles"),
    [
        ("allowed", {Profile.EU, Profile.KAGGLE}),
        ("external", {Profile.EU, Profile.KAGGLE}),
        ("proxy", {Profile.KAGGLE}),
        ("fairness_only", {Profile.KAGGLE}),
        ("banned", set[Profile]()),
    ],
)
def test_the_legal_flag_decides_which_profile_sees_the_column(legal: str, profiles: set[Profile]):
    own = {"own": extra("count", legal=legal)}
    found = {p for p in Profile if extras_of(catalogue(profile=p, extras=own))}
    assert found == profiles


def test_dates_and_the_column_of_charges_are_no_features():
    config = TablesConfig.model_validate(
        {
            "extra": {
                "opened": {"type": "date", "text_fr": "x", "text_en": "x"},
                "charges": {"type": "money", "text_fr": "x", "text_en": "x"},
                "visits": {"type": "count", "text_fr": "x", "text_en": "x"},
            },
            "money": {"charges": "charges"},
        }
    )
    assert list(feature_extras(config)) == ["visits"]


def test_the_application_date_and_the_lenders_customer_number_are_read_by_no_feature():
    read = {column for f in catalogue(profile=Profile.KAGGLE, extras=OWN) for column in f.inputs}
    assert read.isdisjoint({"application.APPLICATION_DATE", "application.subject_ref"})


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("MONTHS_AS_CUSTOMER", "application_extra_months_as_customer"),
        ("Ancienneté (mois)", "application_extra_anciennete_mois"),
        ("  x--1 ", "application_extra_x_1"),
        ("客户", ""),
    ],
)
def test_a_name_is_made_of_the_columns_letters_and_digits(column: str, name: str):
    assert extra_name(column) == name


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"A b": extra("count"), "a_B": extra("count")}, r"\[extra\.a_B\].*application_extra_a_b.*\[extra\.A b\]"),
        ({"amt_credit": extra("money")}, r"\[extra\.amt_credit\].*AMT_CREDIT already"),
        ({"Source_File": extra("category")}, r"source_file already"),
        ({"客户": extra("count")}, r"no Latin letter.*\[columns\.application\]"),
        ({"segment": extra("category", sign="raises")}, r"\[extra\.segment\] sign.*category"),
        ({"x": extra("count", family="Big Money")}, r"\[extra\.x\] family: 'Big Money'"),
        ({"x": extra("count", family="region")}, r"\[extra\.x\] family: 'region' is never a reason"),
    ],
)
def test_what_cannot_become_a_feature_is_refused_with_the_name_of_the_file(own: dict[str, Extra], message: str):
    with pytest.raises(UsageError, match=rf"tables\.toml(.|\n)*{message}"):
        groups(extras=own)


def test_all_faults_are_said_at_once():
    with pytest.raises(UsageError) as refused:
        groups(extras={"客户": extra("count"), "amt_credit": extra("money")})
    assert len(str(refused.value).splitlines()) == 3


def test_a_protected_column_may_stand_in_a_protected_family():
    own = {"suburb": extra("category", family="region", legal="proxy")}
    assert feature("application_extra_suburb", own).family == "region"
