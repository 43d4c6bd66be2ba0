"""A small synthetic lender with columns of its own, and a model that learned from them."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.synthetic import generate
from worker_groups import keep_together

OWN_COLUMNS = """
[extra.MonthsAsCustomer]
type = "months"
sign = "lowers"
family = "loyalty"
text_fr = "Ancienneté de la relation"
text_en = "Length of the relationship"

[extra."Épargne"]
type = "money"
family = "savings"
text_fr = "Épargne chez nous"
text_en = "Savings with us"

[extra.segment]
type = "category"
family = "segment"
text_fr = "Segment interne"
text_en = "Internal segment"

[extra.opened]
type = "date"
text_fr = "Ouverture du compte"
text_en = "Opening of the account"

[extra.suburb]
type = "category"
legal = "proxy"
text_fr = "Quartier"
text_en = "Suburb"

[extra.StrayScore]
type = "rate"
legal = "external"
family = "stray"
text_fr = "Note sans origine"
text_en = "Score of unknown origin"

[external_scores.EXT_SOURCE_2]
provider = "Agence Exemple"
meaning_fr = "Régularité des paiements vue par l’agence"
meaning_en = "Regularity of payments as the agency sees it"
range = [0.0, 1.0]
correction_fr = "Écrivez à l’agence, qui corrige sous un mois"
correction_en = "Write to the agency, which corrects it within a month"
"""

ALLOWED = tuple(
    (f"application_extra_{name}", "planted by the tests, not a leak")
    for name in ("epargne", "monthsascustomer", "segment")
)
"""Good payers and bad ones differ so much in these that training would stop."""

Change = Callable[[Path], None]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what looks at the lender with one worker: its models are trained once."""
    keep_together(items, Path(__file__).parent, "own", fixtures={"lender"})


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a cache of its own and one thread."""
    return Settings(cache_folder=tmp_path_factory.mktemp("cache"), threads=1)


@pytest.fixture(scope="session")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw CSV tables; good payers have been customers for longer, hold more savings, and are rarely plain."""
    folder = tmp_path_factory.mktemp("own") / "lender"
    generate(folder, scale=0.005, seed=11, file_format="csv")
    rng = np.random.default_rng(3)

    def own(row: dict[str, str]) -> dict[str, str]:
        bad = row.get("TARGET") == "1"
        months = str(rng.integers(0, 8 if bad else 60))
        return {
            **row,
            "MonthsAsCustomer": "" if rng.random() < 0.1 else months,
            "Épargne": f"{rng.random() * (900 if bad else 9_000):.2f}",
            "segment": str(rng.choice(["plain", "silver"] if bad else ["gold", "silver"])),
            "opened": "2001-02-03",
            "suburb": "north",
            "StrayScore": f"{rng.random():.3f}",
        }

    for name in ("application_train.csv", "application_test.csv"):
        change_rows(folder / name, own)
    with (folder / "tables.toml").open("a", encoding="utf-8") as config:
        config.write(OWN_COLUMNS)
    return folder


@pytest.fixture(scope="session")
def model(lender: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    """A quick model of the lender; its tables lie in a cache of their own, since a cache forgets the oldest."""
    options = TrainOptions(fast=True, allow_strong=ALLOWED, members=2)
    settings = settings.model_copy(update={"cache_folder": tmp_path_factory.mktemp("model_cache")})
    return train(lender, lender.parent / "model", options=options, settings=settings)


@pytest.fixture(scope="session")
def allowed() -> tuple[tuple[str, str], ...]:
    """Strong columns of the lender, each with a reason."""
    return ALLOWED


@pytest.fixture(scope="session")
def short(lender: Path, settings: Settings) -> TrainResult:
    """A quick model of twelve features that it chose, with its scorecard."""
    options = TrainOptions(fast=True, features=12, allow_strong=ALLOWED, members=2)
    return train(lender, lender.parent / "short", options=options, settings=settings)


@pytest.fixture
def changed(lender: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """Copy of the lender after a change."""

    def make(change: Change) -> Path:
        folder = tmp_path / "changed"
        shutil.copytree(lender, folder)
        change(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def without_columns() -> Callable[..., Change]:
    """Change that drops columns of the application, whatever the file."""

    def make(*columns: str) -> Change:
        def change(folder: Path) -> None:
            for name in ("application_train.csv", "application_test.csv"):
                change_rows(folder / name, lambda row: {k: v for k, v in row.items() if k not in columns})

        return change

    return make


def change_rows(path: Path, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Write a CSV file anew, each row changed."""
    rows = [change(row) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
