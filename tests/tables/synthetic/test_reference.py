"""The figures in the package are aggregates that say where they come from."""

import json
from importlib.resources import files

import numpy as np
import pytest

from garant.tables.synthetic import reference


def test_the_file_names_its_source_and_denies_rows():
    text = files("garant.tables.synthetic").joinpath("reference.json").read_text(encoding="utf-8")
    source = json.loads(text)["source"]
    assert "Home Credit Default Risk" in source
    assert "no row of it" in source
    assert len(text) < 100_000


def test_quantiles_never_fall():
    def walk(value: object) -> None:
        if isinstance(value, dict):
            for name, entry in value.items():
                if name not in ("cholesky", "matrix", "shares", "age_bands_years", "columns"):
                    walk(entry)
        elif isinstance(value, list) and len(value) in (15, 29):
            assert np.all(np.diff(value) >= 0), value

    for table in ("application", "bureau", "previous_application", "installments_payments"):
        figures = dict(reference.figures(table))
        figures.pop("credits_per_client", None)
        figures.pop("applications_per_client", None)
        walk(figures)


@pytest.mark.parametrize("column", ["NAME_EDUCATION_TYPE", "ORGANIZATION_TYPE", "OCCUPATION_TYPE F"])
def test_shares_of_levels_sum_to_one(column: str):
    assert abs(reference.levels_of("application", column).shares.sum() - 1) < 1e-12


def test_the_copula_has_a_variance_of_one():
    for row in reference.figures("application")["copula"]["cholesky"]:
        assert abs(sum(weight**2 for weight in row) - 1) < 0.005


def test_a_list_of_an_unknown_length_is_no_distribution():
    with pytest.raises(ValueError, match="fits no list of probabilities"):
        reference.quantiles([1.0, 2.0])
