"""A small evaluated sample that reports are made of."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from garant.models.cutoff import Costs
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.product_cutoffs import Cutoffs
from garant.reports.report_data import Importance, ReportData, Split
from worker_groups import keep_together


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what is made of the sample with one worker: it is evaluated once, and what draws starts once."""
    keep_together(items, Path(__file__).parent, "reports", fixtures={"data"})


@pytest.fixture(scope="session")
def data() -> ReportData:
    rng = np.random.default_rng(7)
    risk = rng.normal(size=3000)
    label = (rng.random(3000) < 1 / (1 + np.exp(2.6 - 1.2 * risk))).astype(np.int8)
    margin = -2.6 + 1.1 * risk + rng.normal(scale=0.3, size=3000)
    fold = (np.arange(3000) % 5).astype(np.int8)
    return ReportData(
        evaluation=evaluate_out_of_fold(label, margin, fold, cutoffs=Cutoffs.of(Costs(1, 10)), seed=3, replicates=20),
        label=label,
        label_text="PD (test definition)",
        profile="eu",
        synthetic=False,
        n_features=40,
        importance=tuple(Importance(f"Fact {i}", (40 - i) / 820) for i in range(40)),
        split=Split("random", folds=5),
        tables=(("application", 3000), ("bureau", 12_345)),
        parameters=(("seed", "3"), ("num_leaves", "31")),
    )


@pytest.fixture(scope="session")
def hostile(data: ReportData) -> ReportData:
    """Words from outside that try to be markup."""
    word = "<script>alert(1)</script> & \"quoted\" 'x'"
    return replace(
        data,
        label_text=word,
        importance=(Importance(word, 1.0),),
        tables=((word, 1),),
        parameters=((word, word),),
    )
