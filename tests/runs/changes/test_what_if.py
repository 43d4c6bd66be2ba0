"""`garant explain` of refused people: what would have changed it, and what-if from the raw facts."""

import json
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from garant.cli.explain import explain as explain_command
from garant.cli.explanation_text import show_explanation
from garant.exceptions import UsageError
from garant.explanations.counterfactuals import Found
from garant.explanations.moves.catalogue import MOVE_NAMES
from garant.explanations.moves.terms import load_terms
from garant.models.cutoff import Outcome
from garant.runs.explain import explain
from garant.runs.explain_options import ExplainOptions
from garant.runs.explanation import Explanation
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("changes")

JARGON = ("AMT_", "SK_DPD", "log-odds", "SHAP", "application_", "bureau_", "guarantee", "will be", "sera ")


@pytest.fixture(scope="module")
def client(found: dict[int, Found]) -> int:
    """Somebody refused whom a move of the loan would have helped."""
    return next(client for client, each in found.items() if each.results and each.results[0].move in MOVE_NAMES[:3])


@pytest.fixture(scope="module")
def explained(client: int, burdened: Path, burden_model: TrainResult, settings: Settings) -> Explanation:
    """That person explained in French."""
    return explain(client, data=burdened, bundle_folder=burden_model.bundle.folder, language="fr", settings=settings)


def test_somebody_refused_is_told_what_would_have_changed_the_result(
    explained: Explanation, capsys: pytest.CaptureFixture[str]
):
    assert explained.outcome is Outcome.REFUSE
    assert explained.counterfactuals is not None
    assert 1 <= len(explained.counterfactuals.results) <= 3
    show_explanation(explained, bars=False)
    shown = capsys.readouterr().out
    section = shown[shown.index("Ce qui aurait changé le résultat") :]
    assert "aurait été sous le seuil, toutes choses égales par ailleurs." in section
    assert "ni une promesse ni une décision" in section
    assert not [word for word in JARGON if word in section]
    told = json.loads(json.dumps(explained.to_dict()))["counterfactuals"]
    assert told["results"][0]["move"] in MOVE_NAMES
    assert told["moves"] == "garant default 2026-11"
    assert told["none"] == ""


def test_a_result_taken_at_its_word_is_accepted_and_moves_every_ratio(
    explained: Explanation,
    client: int,
    burdened: Path,
    burden_model: TrainResult,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
):
    assert explained.counterfactuals is not None
    first = explained.counterfactuals.results[0]
    options = ExplainOptions(what_if=(f"{first.move}={first.first}",))
    found = explain(
        client,
        data=burdened,
        bundle_folder=burden_model.bundle.folder,
        language="en",
        settings=settings,
        options=options,
    )
    assert found.counterfactuals is None
    assert found.what_if is not None
    assert found.what_if.before.outcome is Outcome.REFUSE
    assert found.what_if.before.pd == found.pd == explained.pd
    assert found.what_if.after.outcome is Outcome.ACCEPT
    assert found.what_if.after.pd < found.cutoff
    changed = {fact.column for fact in found.what_if.facts}
    assert "AMT_ANNUITY" in changed
    assert changed <= {"AMT_GOODS_PRICE", "AMT_CREDIT", "AMT_ANNUITY"}
    show_explanation(found)
    shown = capsys.readouterr().out
    assert "Simulation: no decision is taken." in shown
    assert "Proposal: refusal → approval" in shown
    assert found.label in shown
    json.dumps(found.to_dict())


def test_a_what_if_that_no_move_knows_stops_the_command(
    client: int,
    burdened: Path,
    burden_model: TrainResult,
    settings: Settings,
):
    options = ExplainOptions(what_if=("AMT_CREDIT=1000",))
    with pytest.raises(UsageError, match="Use down-payment or smaller-purchase"):
        explain(
            client,
            data=burdened,
            bundle_folder=burden_model.bundle.folder,
            language="en",
            settings=settings,
            options=options,
        )


def test_the_help_names_every_move_and_correction():
    said = str(get_args(get_type_hints(explain_command, include_extras=True)["what_if"]))
    assert not [name for name in MOVE_NAMES if f"{name}=" not in said]
    short = {name.rsplit("-", 1)[0] if name.startswith("external-score") else name for name in load_terms().corrections}
    assert not [name for name in short if name not in said]
