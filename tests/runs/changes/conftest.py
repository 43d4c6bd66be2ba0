"""A lender whose outcomes hang on the instalment, the arrears and the cards of a person, and a model of it."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.explanations.counterfactuals import Found
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.models.cutoff import Outcome
from garant.policy.outcome import OUTCOMES
from garant.policy.policy import load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_features import bundle_features
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
from garant.settings import Settings
from garant.tables.synthetic import generate
from garant.tables.variants import ClientRows

BURDEN, ARREARS, CARDS = 14.0, 1.5, 1.5
"""What a share of income, arrears elsewhere and a card in use add to the log-odds."""


@pytest.fixture(scope="session")
def burdened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables of a synthetic lender; outcomes are drawn anew from facts that moves can change."""
    folder = tmp_path_factory.mktemp("burdened") / "lender"
    generate(folder, scale=0.005, seed=23, file_format="csv")
    overdue: dict[str, bool] = defaultdict(bool)
    for row in csv.DictReader((folder / "bureau.csv").read_text("utf-8").splitlines()):
        overdue[row["SK_ID_CURR"]] |= float(row["CREDIT_DAY_OVERDUE"] or 0) > 0
    owed: dict[str, float] = defaultdict(float)
    for row in csv.DictReader((folder / "credit_card_balance.csv").read_text("utf-8").splitlines()):
        if row["MONTHS_BALANCE"] == "-1":
            owed[row["SK_ID_CURR"]] += float(row["AMT_BALANCE"] or 0)
    rng = np.random.default_rng(5)
    path = folder / "application_train.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows:
        client, income = row["SK_ID_CURR"], float(row["AMT_INCOME_TOTAL"])
        log_odds = -4.2 + BURDEN * float(row["AMT_ANNUITY"] or 0) / income
        log_odds += ARREARS * overdue[client] + CARDS * (owed[client] > income / 2)
        row["TARGET"] = str(int(rng.random() < 1 / (1 + math.exp(-log_odds))))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def burden_model(burdened: Path, settings: Settings) -> TrainResult:
    """A quick model of it, without a refer band."""
    options = TrainOptions(fast=True, members=0, challenger=False, folds=3)
    return train(burdened, burdened.parent / "model", options=options, settings=settings)


@pytest.fixture(scope="session")
def scoring(burdened: Path, burden_model: TrainResult, settings: Settings) -> VariantScoring:
    """Scores variants of its applicants."""
    bundle = burden_model.bundle
    accepted = tables_for_bundle(burdened, bundle.content.tables, without=(), settings=settings)
    return VariantScoring(bundle, bundle_features(bundle), accepted, load_policy(), settings)


@pytest.fixture(scope="session")
def catalogue(scoring: VariantScoring) -> MoveCatalogue:
    """The shipped moves."""
    return MoveCatalogue.of(load_terms(), scoring.accepted.config)


@pytest.fixture(scope="session")
def applicants(scoring: VariantScoring) -> dict[int, ClientRows]:
    """Accepted rows of 250 applicants, by id."""
    files = scoring.accepted.files
    tables = {name: pa.concat_tables([pq.read_table(part) for part in files[name]]) for name in files}
    months = tables.pop("bureau_balance")
    ids = tables["application"]["SK_ID_CURR"].to_pylist()[:250]
    found: dict[int, ClientRows] = {}
    for client in ids:
        own = {name: table.filter(pc.equal(table["SK_ID_CURR"], client)) for name, table in tables.items()}
        credits_elsewhere = own["bureau"]["SK_ID_BUREAU"].combine_chunks()
        found[client] = {**own, "bureau_balance": months.filter(pc.is_in(months["SK_ID_BUREAU"], credits_elsewhere))}
    return found


@pytest.fixture(scope="session")
def scored(scoring: VariantScoring, applicants: dict[int, ClientRows]) -> dict[int, ScoredVariants]:
    """Each of them as the public path scores it, in one question."""
    batch = scoring.publicly(list(applicants.values())).batch
    return {client: scoring.of_batch(batch.slice(row, 1)) for row, client in enumerate(applicants)}


@pytest.fixture(scope="session")
def refused(applicants: dict[int, ClientRows], scored: dict[int, ScoredVariants]) -> dict[int, ClientRows]:
    """Fifty whose PD is at or above the cut-off."""
    chosen = [client for client in applicants if OUTCOMES[scored[client].proposals.outcome[0]] is Outcome.REFUSE]
    return {client: applicants[client] for client in chosen[:50]}


@pytest.fixture(scope="session")
def search(scoring: VariantScoring, catalogue: MoveCatalogue) -> Iterator[CounterfactualSearch]:
    """An open search."""
    with CounterfactualSearch(scoring, catalogue) as opened:
        yield opened


@pytest.fixture(scope="session")
def found(
    search: CounterfactualSearch, refused: dict[int, ClientRows], scored: dict[int, ScoredVariants]
) -> dict[int, Found]:
    """What the search finds for each, before the public path has seen it."""
    return {client: search.of(rows, scored[client]) for client, rows in refused.items()}
