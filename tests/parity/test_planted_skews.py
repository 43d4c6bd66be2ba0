"""The comparison is worth something: each way in which an engine could go wrong unseen is planted, and is seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from bits import differing
from lenders.writing import Lender, write_parts
from plain import rows as plain_rows
from plain.matrix import PlainMatrix
from plain.rows import History

from garant.engines.duckdb import DuckDBEngine
from garant.features import bureau
from garant.features.aggregates import days_before
from garant.features.catalogue import catalogue, groups
from garant.features.feature import Feature, FeatureGroup, Profile, Unit
from garant.features.matrix import matrix, only
from garant.features.ratio import ratio
from garant.features.window import DAYS_365, LAST_3, Window
from garant.tables.expressions import Rows, Value
from garant.tables.schema import TABLES

EVERYTHING = catalogue(profile=Profile.KAGGLE)
ALWAYS_THERE = {"application_external_scores_n"}
"""Features that are never NULL."""

Run = Callable[[FeatureGroup], list[Any]]

pytestmark = pytest.mark.xdist_group("parity")


@pytest.fixture
def values(lenders: dict[str, Lender], tmp_path: Path) -> Run:
    """Values of the one feature of a group by DuckDB, of every client."""

    def run(group: FeatureGroup) -> list[Any]:
        with DuckDBEngine(memory_limit="512MB") as engine:
            for table, rows in lenders["everybody"].items():
                engine.register(table, write_parts(tmp_path, table, rows), TABLES[table].arrow)
            found = pa.Table.from_batches(engine.batches(matrix([group])))
        return found.column(1).to_pylist()

    return run


def alone(name: str) -> FeatureGroup:
    """The group of a feature, with no other."""
    (group,) = only(groups(), [name])
    return group


def skewed(name: str, skew: Callable[[Value], Value]) -> FeatureGroup:
    """The same with another expression."""
    group = alone(name)
    (feature,) = group.features
    return replace(group, features=(replace(feature, expression=skew(feature.expression)),))


@pytest.mark.parametrize(
    ("name", "skew"),
    [
        ("bureau_debt_sum_all", lambda value: value.coalesce(0.0)),
        ("installments_short_sum_all", lambda value: value.coalesce(0.0)),
        ("bureau_debt_sum_all", lambda value: value.coalesce(nan)),
        ("application_external_score_1", lambda value: value.coalesce(nan)),
        ("application_external_score_1", lambda value: value + 0.0),
        ("bureau_credit_mean_all", lambda value: value * 1.0000000000000002),
        ("previous_last_status_last1", lambda value: value.coalesce("")),
    ],
    ids=["NULL as 0", "a sum of NULL as 0", "NaN as NULL", "NaN as NULL of a row", "-0.0 as 0.0", "a bit", "no text"],
)
def test_a_skewed_expression_is_seen(
    name: str, skew: Callable[[Value], Value], values: Run, plain: dict[str, PlainMatrix]
):
    expected = plain["everybody"].column(name)
    assert differing(values(alone(name)), expected, plain["everybody"].ids) == []
    assert differing(values(skewed(name, skew)), expected, plain["everybody"].ids) != []


@pytest.mark.parametrize("length", [364, 366])
def test_a_window_off_by_one_is_seen(length: int, values: Run, plain: dict[str, PlainMatrix]):
    name = "bureau_credits_n_365d"
    credit = bureau.credits_elsewhere()
    right, wrong = (bureau.credits_n(credit, window) for window in (DAYS_365, Window(length)))
    assert differing(values(group_of(credit, right)), plain["everybody"].column(name), plain["everybody"].ids) == []
    assert differing(values(group_of(credit, wrong)), plain["everybody"].column(name), plain["everybody"].ids) != []


def test_another_order_of_ties_is_seen(values: Run, plain: dict[str, PlainMatrix]):
    name = "bureau_active_share_last3"
    credit = bureau.credits_elsewhere()
    oldest_of_a_day = ibis.row_number().over(
        group_by=credit.SK_ID_CURR, order_by=[credit.DAYS_CREDIT.desc(), credit.SK_ID_BUREAU]
    )
    for relation, is_right in ((credit, True), (credit.mutate(newest=oldest_of_a_day + 1), False)):
        found = values(group_of(relation, bureau.active_share(relation, LAST_3)))
        assert (differing(found, plain["everybody"].column(name), plain["everybody"].ids) == []) is is_right


def test_a_population_variance_is_seen(values: Run, lenders: dict[str, Lender]):
    # No feature of the catalogue is a variance; one made of integer sums would have to be that of a sample.
    credit = bureau.credits_elsewhere()
    expected = _variances(lenders["everybody"])
    ids = sorted(expected)
    for lost, is_right in ((1, True), (0, False)):
        found = values(group_of(credit, _variance(credit, lost)))
        assert (differing(found, [expected[client] for client in ids], ids) == []) is is_right


def _variance(credit: Rows, lost: int) -> Feature:
    """Variance of days, divided once: n times the sum of squares less the square of the sum, by n times n - `lost`."""
    days, n = days_before(credit.DAYS_CREDIT), credit.count()
    spread = n * (days * days).sum() - days.sum() * days.sum()
    (feature,) = alone("bureau_age_days_mean_all").features
    return replace(feature, expression=ratio(spread, n * (n - lost)))


def _variances(lender: Lender) -> dict[int, float | None]:
    found: dict[int, float | None] = {}
    for row in lender["application"]:
        own = [credit["DAYS_CREDIT"] for credit in lender["bureau"] if credit["SK_ID_CURR"] == row["SK_ID_CURR"]]
        days = [0 - day for day in own if day <= 0]
        n = len(days)
        spread = n * sum(day * day for day in days) - sum(days) ** 2
        found[row["SK_ID_CURR"]] = float(spread) / float(n * (n - 1)) if n > 1 else None
    return found


def group_of(relation: Rows, feature: Feature) -> FeatureGroup:
    """A feature of credits elsewhere, whichever relation it reads."""
    return replace(alone("bureau_credits_n_365d"), relation=relation, features=(feature,))


# That the lenders can tell is shown for every feature, with the skew in the plain computation.


def seen(plain: dict[str, PlainMatrix], wrong: Sequence[PlainMatrix], name: str) -> bool:
    """Whether some lender has another value of the feature when it is computed wrongly."""
    pairs = zip(plain.values(), wrong, strict=True)
    return any(differing(right.column(name), skewed.column(name), right.ids) for right, skewed in pairs)


@pytest.mark.parametrize("zero", [0.0, nan], ids=["zero", "NaN"])
def test_every_feature_has_a_null_that_another_value_in_its_place_would_betray(
    zero: float, plain: dict[str, PlainMatrix]
):
    for feature in EVERYTHING:
        columns = [matrix.column(feature.name) for matrix in plain.values()]
        filled = [[zero if cell is None else cell for cell in column] for column in columns]
        found = any(differing(*pair, range(len(pair[0]))) for pair in zip(columns, filled, strict=True))
        assert found == (feature.name not in ALWAYS_THERE), feature.name


@pytest.mark.parametrize("days", [-1, 1])
def test_every_window_of_time_has_a_client_on_either_side_of_its_edge(
    days: int, plain: dict[str, PlainMatrix], lenders: dict[str, Lender], monkeypatch: pytest.MonkeyPatch
):
    right = History.inside

    def inside(self: History, window: str) -> list[plain_rows.Row]:
        return right(self, f"{int(window[:-1]) + days}{window[-1]}" if window[0].isdigit() else window)

    monkeypatch.setattr(History, "inside", inside)
    wrong = [PlainMatrix(lender) for lender in lenders.values()]
    names = [f.name for f in EVERYTHING if str(f.window)[0].isdigit() and f.table != "application"]
    found: dict[str, bool] = {}
    for name in names:
        columns = [matrix.column(name) for matrix in wrong]
        with monkeypatch.context() as patch:
            patch.setattr(History, "inside", right)
            pairs = zip(plain.values(), columns, strict=True)
            found[name] = any(differing(matrix.column(name), column, matrix.ids) for matrix, column in pairs)
    assert [name for name, is_seen in found.items() if not is_seen] == []


def test_every_window_of_rows_has_a_client_whose_ties_decide(
    plain: dict[str, PlainMatrix], lenders: dict[str, Lender], monkeypatch: pytest.MonkeyPatch
):
    right = History.__init__

    def reversed_ties(self: History, rows: Sequence[plain_rows.Row], *, day: str, key: Sequence[str] = ()) -> None:
        right(self, rows, day=day, key=key)
        other_way_round = self.newest_first[::-1]
        self.newest_first = sorted(other_way_round, key=lambda row: row[day], reverse=True)

    monkeypatch.setattr(History, "__init__", reversed_ties)
    wrong = [PlainMatrix(lender) for lender in lenders.values()]
    names = [feature.name for feature in EVERYTHING if str(feature.window).startswith(("last", "first", "due"))]
    assert [name for name in names if not seen(plain, wrong, name)] == []


def test_every_feature_takes_several_values(plain: dict[str, PlainMatrix]):
    told = {f.name: {cell for matrix in plain.values() for cell in matrix.column(f.name)} - {None} for f in EVERYTHING}
    least = {feature.name: 2 if feature.unit is Unit.FLAG else 3 for feature in EVERYTHING}
    assert {name: found for name, found in told.items() if len(found) < least[name]} == {}
