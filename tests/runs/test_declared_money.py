"""What a lender declares of its money reaches the rules: a share of income is judged by nobody who does not know it."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from garant.policy.outcome import PolicyCode
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

PERIOD = 'period = "month"'

Change = Callable[[Path], None]


def without_period(folder: Path) -> None:
    """A lender who does not say whether income is that of a month or of a year."""
    config = folder / "tables.toml"
    said = config.read_text(encoding="utf-8")
    assert PERIOD in said
    config.write_text(said.replace(PERIOD, ""), encoding="utf-8")


def with_charges(folder: Path) -> None:
    """A lender who knows what everybody pays already: eight tenths of the income."""
    config = folder / "tables.toml"
    said = config.read_text(encoding="utf-8").replace(PERIOD, f'{PERIOD}\ncharges = "CHARGES"')
    config.write_text(said, encoding="utf-8")
    for name in ("application_train.csv", "application_test.csv"):
        rows = list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, [*rows[0], "CHARGES"], lineterminator="\n")
            out.writeheader()
            out.writerows({**row, "CHARGES": f"{0.8 * float(row['AMT_INCOME_TOTAL']):.2f}"} for row in rows)


def as_it_is(_folder: Path) -> None:
    """The synthetic lender: money by the month, and nothing known of charges but instalments."""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (as_it_is, r"your known instalments take, is \d+(\.\d+)?%, above the limit of 50%.* known instalments only\."),
        (with_charges, r"your charges take, is 80%, above the limit of 50% of our rules\."),
        (without_period, None),
    ],
)
def test_charges_above_the_limit_are_judged_and_told_as_far_as_the_lender_declares_them(
    change: Change,
    sentence: str | None,
    changed: Callable[[Change], Path],
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
) -> None:
    found = score(
        changed(change), short.bundle.folder, tmp_path / "runs", options=ScoreOptions(explain="all"), settings=settings
    )
    rows = pa.concat_tables(read_scores(found.run)).select(["reason_1_code", "reason_1_text"]).to_pylist()
    code = PolicyCode.DEBT_SERVICE_RATIO.name
    said = {row["reason_1_text"] for row in rows if row["reason_1_code"] == code}
    assert bool(said) is (sentence is not None)
    assert sentence is None or all(re.search(f"{sentence}$", text) for text in said)
