"""The certificate that is shipped is about the catalogue and the engines that are shipped."""

import json
from pathlib import Path

import pytest
from lenders.writing import Lender

from garant.features.catalogue import catalogue
from garant.features.feature import Profile

pytestmark = pytest.mark.xdist_group("parity")


def test_the_certificate_says_equal_of_every_feature_on_every_engine_over_these_lenders(
    project: Path, lenders: dict[str, Lender]
):
    told = json.loads((project / "benchmarks" / "results" / "parity.json").read_text("utf-8"))
    names = [feature.name for feature in catalogue(profile=Profile.KAGGLE)]
    n_values = len(names) * sum(len(lender["application"]) for lender in lenders.values())
    assert told["result"] == "equal", "Run: python benchmarks/parity.py"
    assert told["features"] == names
    assert told["lenders"] == {
        name: {table: len(rows) for table, rows in lender.items()} for name, lender in lenders.items()
    }
    assert set(told["engines"]) == {"duckdb", "sqlite", "spark"}
    assert {engine["values_compared"] for engine in told["engines"].values()} == {n_values}
