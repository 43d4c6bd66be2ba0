"""`garant explain` of refused people: what would have changed it, and what-if from the raw facts."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from garant.cli.explain import explain as explain_command
from garant.cli.explanation_text import show_explanation
from garant.exceptions import UsageError
from garant.explanations.counterfactuals import NOT_CONFIRMED, Counterfactual, Found
from garant.explanations.moves.catalogue import MOVE_NAMES, MoveCatalogue
from garant.explanations.moves.loan import Asked, implied_term
from garant.explanations.moves.move import Change
from garant.explanations.moves.terms import load_terms
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.outcome import ACCEPT
from garant.policy.rule_words import share_of_income
from garant.runs.changes import changes_of
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.explain import explain
from garant.runs.explain_options import ExplainOptions
from garant.runs.explanation import Explanation
from garant.runs.score_rows import facts_of
from garant.runs.train_result import TrainResult
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
from garant.settings import Settings
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

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


Explain = Callable[..., Explanation]


@pytest.fixture
def explain_one(burdened: Path, burden_model: TrainResult, settings: Settings) -> Explain:
    """Explains an applicant in English, of `data` and with `options` where they are given, under changed settings."""

    def of(
        client: int, *, data: Path = burdened, options: ExplainOptions | None = None, **changed: Path
    ) -> Explanation:
        return explain(
            client,
            data=data,
            bundle_folder=burden_model.bundle.folder,
            language="en",
            settings=settings.model_copy(update=changed),
            options=options or ExplainOptions(),
        )

    return of


def lenders_own(shipped: Path, folder: Path, **words: str) -> Path:
    """A file of the lender: the shipped one with other words."""
    text = shipped.read_text(encoding="utf-8")
    for old, new in words.items():
        text = re.sub(rf"(?m)^{old} = .*$", f"{old} = {new}", text)
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def offered(catalogue: MoveCatalogue, move: str, rows: ClientRows) -> tuple[float, ...]:
    return next(each for each in catalogue.moves if each.name == move).offer(rows).amounts


def test_a_simulation_tells_what_the_changed_file_is_told(
    client: int,
    explain_one: Explain,
    applicants: dict[int, ClientRows],
    catalogue: MoveCatalogue,
    burdened: Path,
    project: Path,
    tmp_path: Path,
):
    policy = lenders_own(project / "src/garant/policy/default.toml", tmp_path, max_share="0.01", outcome='"refuse"')
    down, longer = (offered(catalogue, move, applicants[client])[0] for move in ("down-payment", "longer-term"))
    options = ExplainOptions(what_if=(f"down-payment={down:g}", f"longer-term={longer:g}"))
    found = explain_one(client, options=options, policy_file=policy).what_if
    assert found is not None
    facts = {fact.column: fact for fact in found.facts}
    before, after = ({name: float(getattr(f, end) or 0) for name, f in facts.items()} for end in ("before", "after"))
    # The down-payment takes the instalment in proportion, the longer term takes more of it.
    assert after["AMT_CREDIT"] == before["AMT_CREDIT"] - down
    assert after["AMT_ANNUITY"] < 0.99 * before["AMT_ANNUITY"] * after["AMT_CREDIT"] / before["AMT_CREDIT"]
    folder = tmp_path / "changed"
    shutil.copytree(burdened, folder)
    for name in ("application_train.csv", "application_test.csv"):
        rows = list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))
        for row in rows:
            if row["SK_ID_CURR"] == str(client):
                row.update({column: str(value) for column, value in after.items()})
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
    true = explain_one(client, data=folder, options=ExplainOptions(counterfactuals=False), policy_file=policy)
    told = found.after
    assert told.policy_text is not None
    assert told.policy_text != found.before.policy_text
    assert (told.pd, told.points, told.outcome) == (true.pd, true.points, true.outcome)
    assert (told.policy_rule, told.policy_text) == (true.policy_rule, true.policy_text)
    assert found.reasons == true.reasons


def test_a_longer_term_is_told_with_both_terms_and_what_it_costs(
    client: int, explain_one: Explain, applicants: dict[int, ClientRows], catalogue: MoveCatalogue
):
    rows = applicants[client]
    longer = offered(catalogue, "longer-term", rows)[0]
    found = explain_one(client, options=ExplainOptions(what_if=(f"longer-term={longer:g}",))).what_if
    assert found is not None
    asked = Asked.of(rows)
    assert asked is not None
    now = implied_term(asked, 0.20 / 12)
    assert now is not None
    (fact,) = [fact for fact in found.facts if fact.column == "AMT_ANNUITY"]
    assert isinstance(fact.before, float | int)
    assert isinstance(fact.after, float | int)
    (term,) = found.terms
    term = term.replace("\N{NO-BREAK SPACE}", " ")
    assert f"about {now:.0f} months → {longer:.0f} months" in term
    (more,) = re.findall(r"([\d,]+) repaid in addition", term)
    assert float(more.replace(",", "")) == pytest.approx(longer * fact.after - now * fact.before, abs=1)


def test_nobody_who_is_accepted_or_does_not_ask_is_told_of_changes(
    client: int, explain_one: Explain, scored: dict[int, ScoredVariants]
):
    accepted = next(each for each, known in scored.items() if known.proposals.outcome[0] == ACCEPT)
    found = explain_one(accepted)
    assert (found.outcome, found.counterfactuals) == (Outcome.ACCEPT, None)
    assert explain_one(client, options=ExplainOptions(counterfactuals=False)).counterfactuals is None


def test_the_moves_that_a_lender_does_not_offer_are_not_told(
    client: int, explain_one: Explain, project: Path, tmp_path: Path
):
    moves = lenders_own(
        project / "src/garant/explanations/moves/default.toml", tmp_path, name='"own"', is_offered="false"
    )
    told = explain_one(client, moves_file=moves).counterfactuals
    assert told is not None
    assert (told.moves, told.results) == ("own 2026-11", ())


def test_who_meets_a_rule_by_a_change_is_told_of_the_rule(
    explain_one: Explain, scored: dict[int, ScoredVariants], project: Path, tmp_path: Path
):
    asked: dict[int, float] = {}
    for each, known in scored.items():
        facts = facts_of(known.batch)
        if known.proposals.outcome[0] == ACCEPT:
            asked[each] = float(facts.annuity[0] / facts.income[0])
    client = max(asked, key=lambda each: asked[each])
    most = 0.97 * share_of_income(facts_of(scored[client].batch))
    policy = lenders_own(project / "src/garant/policy/default.toml", tmp_path, max_share=f"{most:.4f}")
    found = explain_one(client, policy_file=policy)
    assert found.policy_rule == "DEBT_SERVICE_RATIO"
    assert found.counterfactuals is not None
    assert found.counterfactuals.results
    assert all("have met the lender’s rule" in each.text for each in found.counterfactuals.results)


def test_who_is_referred_for_the_pd_would_have_been_below_the_level_of_a_review(
    scoring: VariantScoring,
    applicants: dict[int, ClientRows],
    scored: dict[int, ScoredVariants],
    found: dict[int, Found],
):
    client = next(each for each, of in found.items() if any(r.move == "longer-term" for r in of.results[:3]))
    content, pd = scoring.bundle.content, float(scored[client].scored.pd[0])
    banded = content.model_copy(update={"refer_band": ReferBand(content.cutoff, (1 + pd) / 2)})
    told = changes_of(
        scored[client].batch,
        applicants[client],
        scoring=replace(scoring, bundle=replace(scoring.bundle, content=banded)),
        options=ExplainOptions(),
        words=Wording("en"),
        reasons_of=lambda *_: (),
    ).counterfactuals
    assert told is not None
    assert told.results
    assert all("below the level from which a person decides" in each.text for each in told.results)
    longer = next(each.text for each in told.results if each.move == "longer-term")
    assert re.search(r"\d.months", longer)


class Hopeful(CounterfactualSearch):
    """A search that takes the person as they are for a result."""

    def of(self, rows: ClientRows, known: ScoredVariants) -> Found:  # noqa: ARG002 - as the search has it
        return Found((Counterfactual("down-payment", (Change("down-payment", 1.0, 0.1, rows),)),))


def test_what_the_public_path_does_not_confirm_is_not_told(
    client: int,
    scoring: VariantScoring,
    catalogue: MoveCatalogue,
    applicants: dict[int, ClientRows],
    scored: dict[int, ScoredVariants],
):
    with Hopeful(scoring, catalogue) as search:
        told = changes_of(
            scored[client].batch,
            applicants[client],
            scoring=scoring,
            options=ExplainOptions(),
            words=Wording("en"),
            reasons_of=lambda *_: (),
            search=search,
        ).counterfactuals
    assert told is not None
    assert told.results == ()
    assert told.why_not == {"down-payment": NOT_CONFIRMED}
