"""In profile eu no protected attribute changes a PD: raw tables, features, matrix and model, bit for bit.

Every applicant is a case of its own: sex, age, family, home region and social circle are drawn anew, in the application
and in the child tables, and values that point to religion, health or maternity change places with each other and with
the plain "Other". The model has learned from data in which exactly these values tell who defaults, so that it would use
whatever lets one of them through.
"""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.features.levels import OTHER_LEVEL
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.columns import Column, Kind
from garant.tables.schema import TABLES
from garant.tables.synthetic import generate

Row = dict[str, str]
Draw = Callable[[Column, str, Row], str]
"""New value of a protected cell, from its column, its value and its row."""

pytestmark = pytest.mark.xdist_group("equal_treatment")

CASES = 1_000

PROTECTED = [
    (table, column)
    for table in TABLES.values()
    for column in table.columns
    if column.sensitive is not None or column.sensitive_levels
]


def rewritten(folder: Path, draw: Draw) -> None:
    """Draw every protected cell of every raw table anew."""
    for table in TABLES.values():
        columns = [column for of, column in PROTECTED if of is table]
        for path in (folder / f"{name}.csv" for name in table.files if columns):
            if path.exists():
                rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
                for row in rows:
                    row |= {column.name: draw(column, row[column.name], row) for column in columns}
                with path.open("w", encoding="utf-8", newline="") as file:
                    out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                    out.writeheader()
                    out.writerows(rows)


def plain_or_sensitive(column: Column) -> tuple[str, ...]:
    """Values that no feature may tell apart."""
    return (*column.sensitive_levels, OTHER_LEVEL)


def drawn(column: Column, rng: np.random.Generator, *, high: bool) -> str:
    """A value from the upper or the lower half of what the column may hold."""
    upper = int(high)
    match column.kind:
        case Kind.CATEGORY:
            middle = len(column.levels) // 2
            return str(rng.choice(column.levels[middle:] if high else column.levels[:middle]))
        case Kind.DAYS:
            return str(rng.integers(-13_000, -8_500) if high else rng.integers(-25_000, -15_000))
        case Kind.RATE:
            return f"{(upper + rng.random()) / 40:.6f}"
        case Kind.RATING:
            return str(1 + upper + rng.integers(0, 2))
        case Kind.FLAG:
            return str(upper)
        case _:
            return str(4 * upper + rng.integers(0, 4))


def telling(rng: np.random.Generator, bad: set[str]) -> Draw:
    """Two thirds of those who default have a sensitive value and the upper half of every protected attribute."""

    def draw(column: Column, value: str, row: Row) -> str:
        high = (row["SK_ID_CURR"] in bad) == (rng.random() < 0.65)
        if column.sensitive is not None:
            return drawn(column, rng, high=high)
        if rng.random() < 0.4:
            return value
        return str(rng.choice(column.sensitive_levels)) if high else OTHER_LEVEL

    return draw


def blind(rng: np.random.Generator) -> Draw:
    """Any legal value; a sensitive value or "Other" for each other."""

    def draw(column: Column, value: str, _row: Row) -> str:
        if column.sensitive is None:
            choices = plain_or_sensitive(column)
            return str(rng.choice(choices)) if value in choices else value
        if column.nullable and rng.random() < 0.1:
            return ""
        return drawn(column, rng, high=bool(rng.random() < 0.5))

    return draw


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables whose protected values tell who defaults."""
    folder = tmp_path_factory.mktemp("equal") / "lender"
    generate(folder, scale=0.004, seed=19, file_format="csv")
    rows = csv.DictReader((folder / "application_train.csv").read_text(encoding="utf-8").splitlines())
    bad = {row["SK_ID_CURR"] for row in rows if row["TARGET"] == "1"}
    rewritten(folder, telling(np.random.default_rng(1), bad))
    return folder


@pytest.fixture(scope="module")
def swapped(told: Path) -> Path:
    """The same raw tables with every protected value drawn anew."""
    folder = told.with_name("swapped")
    shutil.copytree(told, folder)
    rewritten(folder, blind(np.random.default_rng(2)))
    return folder


@pytest.fixture(scope="module")
def learned(told: Path, settings: Settings) -> TrainResult:
    """A quick model of the telling data."""
    options = TrainOptions(fast=True, challenger=False, members=0)
    return train(told, told.with_name("model"), options=options, settings=settings)


def scored(data: Path, model: TrainResult, settings: Settings) -> tuple[pa.Table, pa.Table]:
    """Scores and matrix of everybody, by id."""
    runs = data.with_name(f"{data.name}-runs")
    options = ScoreOptions(explain="all")
    found = score(data, model.bundle.folder, runs, options=options, settings=settings)
    scores = pa.concat_tables(read_scores(found.run)).sort_by("SK_ID_CURR")
    matrix = pq.read_table(found.run.folder / "matrix").sort_by("SK_ID_CURR")
    return scores, matrix.select([column.name for column in model.bundle.columns])


def test_no_protected_value_changes_a_pd_bit_or_a_reason(
    told: Path, swapped: Path, learned: TrainResult, settings: Settings
) -> None:
    before, features_before = scored(told, learned, settings)
    after, features_after = scored(swapped, learned, settings)
    assert before.num_rows >= CASES
    changed = [name for name in features_before.column_names if not features_before[name].equals(features_after[name])]
    assert changed == []
    assert before["pd"].null_count == 0
    np.testing.assert_array_equal(before["pd"].to_numpy().view(np.int64), after["pd"].to_numpy().view(np.int64))
    assert before.equals(after)


def test_the_same_model_is_learned_from_the_swapped_tables(
    swapped: Path, learned: TrainResult, settings: Settings
) -> None:
    options = TrainOptions(fast=True, challenger=False, members=0)
    again = train(swapped, swapped.with_name("model-again"), options=options, settings=settings)
    assert (again.bundle.folder / "model.txt").read_bytes() == (learned.bundle.folder / "model.txt").read_bytes()
    assert again.oof.read_bytes() == learned.oof.read_bytes()


def test_every_kind_of_protected_cell_was_drawn_anew(told: Path, swapped: Path) -> None:
    """Application and child tables, each protected column, each sensitive value in either direction."""
    for table, column in PROTECTED:
        before, after = (cells(folder, table.files, column.name) for folder in (told, swapped))
        assert len(before) == len(after) >= CASES
        moved = {(a, b) for a, b in zip(before, after, strict=True) if a != b}
        assert len(moved) > 1, column.name
        for level in column.sensitive_levels:
            assert {(level, OTHER_LEVEL), (OTHER_LEVEL, level)} <= moved, column.name
    tables = {table.name for table, _ in PROTECTED}
    assert tables == {"application", "previous_application"}


def cells(folder: Path, files: tuple[str, ...], column: str) -> list[str]:
    """Cells of a raw column."""
    paths = [folder / f"{name}.csv" for name in files]
    return [
        row[column]
        for path in paths
        if path.exists()
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]
