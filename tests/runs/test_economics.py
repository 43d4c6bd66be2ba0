"""A training expects losses of a label that is declared a default and of nothing else."""

from pathlib import Path

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.calibration import fit_calibrator
from garant.models.economics_file import parse_economics
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.loans import Loans
from garant.models.parameters import Parameters
from garant.models.pricing import pricing
from garant.models.training import train_champion
from garant.models.training_data import TrainingData
from garant.runs.accept import accepted_tables
from garant.runs.findings.economics import economics_of
from garant.runs.findings.finding import Inquiry
from garant.runs.fold_explanations import FoldExplanations
from garant.runs.judged_model import JudgedModel
from garant.runs.progress import silent
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

ROWS = 600
HEADER = "SK_ID_CURR,TARGET,NAME_CONTRACT_TYPE,AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_EMPLOYED,DAYS_BIRTH"


def asked(folder: Path, settings: Settings, *, label: str, lgd: float | None) -> Inquiry:
    """A model of one number, on loans of 1,000 each."""
    rng = np.random.default_rng(2)
    number = rng.normal(size=ROWS)
    bad = (rng.random(ROWS) < 1 / (1 + np.exp(2 - number))).astype(np.int8)
    cells = [f"{100 + n},{bad[n]},Cash loans,1000,1000,300,-400,-12000" for n in range(ROWS)]
    (folder / "application_train.csv").write_text("\n".join([HEADER, *cells]) + "\n", encoding="utf-8")
    (folder / "tables.toml").write_text(f'[label]\nname = "L"\ntext_fr = "PD"\ntext_en = "PD"\n{label}')
    sample = TrainingData(
        matrix=number[:, None].astype(np.float32),
        label=bad,
        ids=np.arange(100, 100 + ROWS),
        columns=(InputColumn("number"),),
    )
    quick = Parameters(learning_rate=0.2, num_leaves=3, min_data_in_leaf=30, max_rounds=5, patience=2)
    folds = FoldExplanations(sample, seed=1, threads=1)
    trained = train_champion(sample, seed=1, folds=2, parameters=quick, num_threads=1, observe=folds.observe)
    prices = pricing(costs="1:10", economics=None if lgd is None else parse_economics({"lgd": lgd}, where="test"))
    model = JudgedModel(
        accepted=accepted_tables(
            folder, purpose="train", without=[name for name in TABLES if name != "application"], settings=settings
        ),
        features=(),
        sample=sample,
        learned_from=sample,
        loans=Loans(np.full(ROWS, "Cash loans", dtype=object), np.full(ROWS, 1_000.0)),
        pricing=prices,
        split=None,
        trained=trained,
        explained=folds.explained,
        calibrator=fit_calibrator(trained.oof_margin, bad),
        evaluation=evaluate_out_of_fold(
            bad, trained.oof_margin, trained.fold, cutoffs=prices.cutoffs, seed=1, replicates=2
        ),
        later=None,
    )
    return Inquiry(model=model, options=TrainOptions(), settings=settings, progress=silent)


@pytest.mark.parametrize(
    ("label", "lgd", "absent"),
    [
        ("", 0.5, "not_default"),
        ("is_default = true\n", None, "no_lgd"),
        ("is_default = true\n", 0.5, None),
    ],
)
def test_the_report_expects_losses_where_the_label_is_a_default_and_an_lgd_is_stated(
    tmp_path: Path, settings: Settings, label: str, lgd: float | None, absent: str | None
) -> None:
    inquiry = asked(tmp_path, settings, label=label, lgd=lgd)
    words = Wording("en")
    section = economics_of(inquiry).sections[0](words)
    losses = words.text("report.economics.losses", currency=words.text("report.economics.unit"))
    tables = {table.caption: table.rows for table in section.tables}
    if absent is not None:
        assert words.text(f"report.economics.no_loss.{absent}") in section.paragraphs
        assert losses not in tables
    else:
        # Half of a credit of 1,000 for each PD.
        assert tables[losses][-1][2] == words.number(500 * float(inquiry.model.judged.pd.sum()))
