"""How many features say something of their own on real samples: not constant, and no near copy of another.

A feature is a near copy where its rank correlation with another exceeds 0.995 in absolute value. Of a group of near
copies one counts. Where several samples have a table, the first that is given judges its features.

    python benchmarks/distinct_features.py SAMPLE:without_table,... SAMPLE
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import rankdata

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import catalogue
from garant.features.encode import encode
from garant.features.feature import Feature, Profile
from garant.runs.accept import accepted_tables
from garant.runs.matrix import build_matrix
from garant.runs.training_data import input_columns
from garant.settings import load_settings

LIMIT = 0.995
LEAST_ROWS = 100
"""Applicants for whom both features are known; fewer of them tell nothing."""

ROUGH = 0.9
"""Pairs whose ranks correlate less than this, with missing values in the middle, are not looked at closely."""


def matrix_of(data: Path, without: list[str], folder: Path) -> tuple[list[Feature], npt.NDArray[np.float64]]:
    """Features of profile kaggle and their values, labelled and unlabelled applicants alike."""
    settings = load_settings()
    accepted = accepted_tables(data, purpose="score", without=without, settings=settings)
    features = list(catalogue(accepted.tables, Profile.KAGGLE))
    with DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine:
        parts = build_matrix(engine, accepted, features, folder / "matrix")
    table = pa.concat_tables([pq.read_table(part) for part in parts])
    return features, encode(table, input_columns(parts, features)).astype(np.float64)


def ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Ranks of the columns, centred and scaled; missing values in the middle."""
    ranked = np.apply_along_axis(lambda column: rankdata(column, nan_policy="omit"), 0, values)
    ranked -= np.nansum(ranked, axis=0) / np.maximum((~np.isnan(ranked)).sum(axis=0), 1)
    scale = np.sqrt(np.nansum(ranked**2, axis=0))
    return np.nan_to_num(ranked / np.where(scale > 0, scale, 1))


def correlation(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Spearman's rank correlation of the rows where both are known; 0 where these are few or constant."""
    known = ~np.isnan(one) & ~np.isnan(other)
    if known.sum() < LEAST_ROWS:
        return 0.0
    a, b = rankdata(one[known]), rankdata(other[known])
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else 0.0


def copies(names: list[str], values: npt.NDArray[np.float64]) -> list[tuple[str, str]]:
    """Pairs of near copies."""
    ranked = ranks(values)
    near = np.argwhere(np.triu(np.abs(ranked.T @ ranked) > ROUGH, 1))
    # A pair that differs in what is missing is rougher than it is.
    return [(names[i], names[j]) for i, j in near if abs(correlation(values[:, i], values[:, j])) > LIMIT]


def main() -> None:
    """Count the features of both profiles and print the result."""
    parser = argparse.ArgumentParser(description="Count the features that say something of their own.")
    parser.add_argument("sample", nargs="+", help="folder of a sample; after a colon the tables that it lacks")
    judged: dict[str, str] = {}
    constant: set[str] = set()
    pairs: list[tuple[str, str]] = []
    everything: dict[str, Feature] = {}
    for given in parser.parse_args().sample:
        name, _, without = given.partition(":")
        with tempfile.TemporaryDirectory() as folder:
            features, values = matrix_of(Path(name), without.split(",") if without else [], Path(folder))
        fresh = [i for i, feature in enumerate(features) if feature.name not in judged]
        names = [feature.name for feature in features]
        for i in fresh:
            judged[names[i]], everything[names[i]] = Path(name).name, features[i]
            known = values[~np.isnan(values[:, i]), i]
            if len(np.unique(known)) + (len(known) < len(values)) <= 1:
                constant.add(names[i])
        found = {names[i] for i in fresh}
        pairs += [pair for pair in copies(names, values) if found & set(pair)]
    result = {}
    for profile in Profile:
        members = {n for n, feature in everything.items() if feature.in_profile(profile)}
        dropped: set[str] = set()
        for one, other in sorted(pairs):
            if {one, other} <= members - dropped:
                dropped.add(other)
        left = members - dropped - constant
        result[profile.value] = {"features": len(members), "constant": sorted(constant & members), "left": len(left)}
    print(json.dumps({"profiles": result, "near_copies": sorted(pairs)}, indent=2))


if __name__ == "__main__":
    main()
