"""Every feature, on every engine, against a plain computation written for the test: equal bit for bit."""

import pyarrow as pa
import pytest
from bits import differing
from plain.matrix import PlainMatrix

from garant.features.catalogue import catalogue
from garant.features.feature import Profile

EVERYTHING = catalogue(profile=Profile.KAGGLE)

ENGINES = [
    # One worker computes the matrices of an engine, once.
    pytest.param("duckdb", marks=pytest.mark.xdist_group("parity")),
    pytest.param("sqlite", marks=pytest.mark.xdist_group("parity")),
    pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")]),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [feature.name for feature in EVERYTHING])
def test_every_client_has_the_plain_value(name: str, matrices: dict[str, pa.Table], plain: dict[str, PlainMatrix]):
    for lender, expected in plain.items():
        assert differing(matrices[lender][name].to_pylist(), expected.column(name), expected.ids) == [], lender


@pytest.mark.parametrize("engine", ENGINES)
def test_a_matrix_has_a_row_per_applicant_and_the_whole_catalogue_in_its_order_and_types(
    matrices: dict[str, pa.Table], plain: dict[str, PlainMatrix]
):
    types = [pa.string() if feature.is_category else pa.float64() for feature in EVERYTHING]
    for lender, expected in plain.items():
        found = matrices[lender]
        assert found["SK_ID_CURR"].to_pylist() == expected.ids, lender
        assert found.schema.names == ["SK_ID_CURR", *(feature.name for feature in EVERYTHING)]
        assert found.schema.types == [pa.int64(), *types]
