"""The page of one applicant: what the terminal says, and the way to the score as a picture."""

import re
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.explanations.counterfactual_text import Counterfactuals, ToldCounterfactual
from garant.explanations.kinds import Kind
from garant.explanations.reasons import Reason
from garant.explanations.stability import Stability
from garant.models.bundle.groups import read_similar
from garant.models.bundle.reference import REFERENCE_FILE
from garant.models.cutoff import Outcome, ReferBand
from garant.runs.beside_others import COMPARED_FACTS
from garant.runs.explain import explain
from garant.runs.explanation import Explanation, FamilyEffect, ToldRule
from garant.runs.person_page import write_person_page
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.wording.catalogue import Wording

pytestmark = pytest.mark.xdist_group("own")


@pytest.fixture(scope="module")
def riskiest(
    lender: Path, short: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Features of the applicant with the highest PD of those who are not in the first cell."""
    out = tmp_path_factory.mktemp("person")
    done = score(lender, short.bundle.folder, out, options=ScoreOptions(explain="none"), settings=settings)
    scores = pq.read_table(done.run.folder / "scores", columns=["SK_ID_CURR", "pd"])
    matrix = pq.read_table(done.run.folder / "matrix")
    rows = matrix.join(scores.filter(pc.is_valid(scores.column("pd"))), "SK_ID_CURR", join_type="inner")
    cells = short.bundle.content.cells
    assert cells is not None
    riskiest = rows.sort_by([("pd", "descending")]).slice(0, 100).to_pylist()
    return next(row for row in riskiest if cells.number_of(row) > 0)


@pytest.fixture(scope="module")
def refused(riskiest: dict[str, Any]) -> int:
    """The applicant."""
    return riskiest["SK_ID_CURR"]


def explained(
    client: int, lender: Path, short: TrainResult, settings: Settings, language: Literal["fr", "en"]
) -> Explanation:
    return explain(client, data=lender, bundle_folder=short.bundle.folder, language=language, settings=settings)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_the_explanation_says_and_only_its_owner_reads_it(
    refused: int,
    lender: Path,
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
    language: Literal["fr", "en"],
) -> None:
    found = explained(refused, lender, short, settings, language)
    path = tmp_path / "person.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    page, words = path.read_text(encoding="utf-8"), Wording(language)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert found.reasons
    for sentence in (*(reason.text for reason in found.reasons), words.text("outcome.refuse.proposed")):
        assert sentence in page
    assert found.comparison is not None
    for fact in found.comparison.facts:
        assert f'<tr><th scope="row">{fact.label}</th>' in page
    assert words.text(f"kind.{found.reasons[0].kind}") in page
    for word in (f"▲ {words.text('explain.raises')}", f"▼ {words.text('explain.lowers')}", str(refused)):
        assert word in page
    assert not re.search(r"https?:|<script", page)


def test_the_picture_ends_at_the_score(
    refused: int, lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    found = explained(refused, lender, short, settings, "en")
    path = tmp_path / "person.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    way = path.read_text(encoding="utf-8").partition('id="effects"')[2]
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>([+−\d.]+)</td>', way)
    numbers = [float(number.replace("−", "-")) for _, number in rows]
    assert rows[0][0] == "Mean of accepted applications"
    assert numbers[0] == pytest.approx(found.typical_margin, abs=0.006)
    assert rows[-1][0] == "Score of this applicant"
    assert numbers[-1] == pytest.approx(found.margin, abs=0.006)
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.005 * len(numbers))


def test_facts_of_the_reasons_come_first_beside_those_of_the_applicants_own_cell(
    riskiest: dict[str, Any], refused: int, lender: Path, short: TrainResult, settings: Settings
) -> None:
    found = explained(refused, lender, short, settings, "en")
    bundle, beside = short.bundle, found.comparison
    cells = bundle.content.cells
    assert beside is not None
    assert cells is not None
    stated = [reason.feature for reason in found.reasons if reason.feature is not None]
    names = [fact.feature for fact in beside.facts]
    assert stated
    assert names[: len(stated)] == stated
    assert len(stated) < len(names) == len(set(names)) <= COMPARED_FACTS
    number = cells.number_of(riskiest)
    assert beside.similar == cells.cells[number].rows
    similar = read_similar(bundle.files[REFERENCE_FILE], number)
    assert [fact.similar.rows for fact in beside.facts] == [similar[name].rows for name in names]


def test_the_page_lists_reasons_in_their_order_and_every_result_that_would_have_changed_it(
    refused: int, lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    found = explained(refused, lender, short, settings, "en")
    path = tmp_path / "person.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    page = path.read_text(encoding="utf-8")
    said = [f"{number}. {reason.text}" for number, reason in enumerate(found.reasons, start=1)]
    assert [page.index(sentence) for sentence in said] == sorted(page.index(sentence) for sentence in said)
    assert all(page.index(f"• {rule.text}") < page.index(said[0]) for rule in found.rules)
    changes = found.counterfactuals
    assert changes is not None
    for sentence in [result.text for result in changes.results] or [changes.none]:
        assert sentence in page


TOLD = Explanation(
    client=7,
    pd=0.213,
    cutoff=0.134,
    points=487,
    refer_band=ReferBand(0.134, 0.134),
    outcome=Outcome.REFUSE,
    policy_rule=None,
    policy_text=None,
    reasons=(Reason("DEBT", "debt_elsewhere", Kind.ACT, "x", 0.4, "Your debts.", "Write to the agency."),),
    families=(FamilyEffect("debt_elsewhere", "Debts", 0.4),),
    base_value=-3.0,
    typical_margin=-3.2,
    margin=-2.8,
    label="PD",
    profile="eu",
    language="en",
)


def page_of(found: Explanation, folder: Path) -> str:
    """The page as a reader of plain spaces sees it."""
    path = folder / "page.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    return path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_tells_the_figures_that_the_person_was_judged_by(tmp_path: Path) -> None:
    page = page_of(TOLD, tmp_path)
    for name, value in (("PD", "21.3%"), ("Cut-off", "13.4%"), ("Score (points)", "487")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "Review by a person" not in page
    banded = page_of(replace(TOLD, refer_band=ReferBand(0.0512, 0.1534)), tmp_path)
    assert "<dt>Review by a person</dt><dd>PD from 5.12% to 15.34%</dd>" in banded


def test_a_rule_and_the_note_of_a_reason_are_told_and_that_nothing_is_decided(tmp_path: Path) -> None:
    page = page_of(replace(TOLD, rules=(ToldRule("DEBT_SERVICE_RATIO", "Charges take 63%."),)), tmp_path)
    assert "• Charges take 63%." in page
    assert "1. Your debts. Write to the agency." in page
    assert "a proposal computed by a model, not a decision" in page


def test_what_a_reader_must_not_miss_is_said_where_it_holds_and_only_there(tmp_path: Path) -> None:
    kaggle, fast, uncertain = "PROFILE KAGGLE", "Made for a quick look", "The main reason is uncertain"
    unsure = Stability(5, {"debt_elsewhere": 4}, 3)
    sure = Stability(5, {"debt_elsewhere": 5}, 5)
    for found, alarms in (
        (replace(TOLD, stability=sure), set[str]()),
        (replace(TOLD, profile="kaggle"), {kaggle}),
        (replace(TOLD, fast=True), {fast}),
        (replace(TOLD, stability=unsure), {uncertain}),
    ):
        page = page_of(found, tmp_path)
        assert {alarm for alarm in (kaggle, fast, uncertain) if alarm in page} == alarms
    assert "3 of 5 retrained models" in page_of(replace(TOLD, stability=unsure), tmp_path)


def test_what_would_have_changed_the_result_is_no_promise(tmp_path: Path) -> None:
    result = ToldCounterfactual("longer-term", "With 36 months, below the cut-off.", 36, 36, 1, 0.2)
    page = page_of(replace(TOLD, counterfactuals=Counterfactuals((result,), "", {}, 3, "moves 1")), tmp_path)
    assert page.index(result.text) < page.index("neither a promise nor a decision")
    none = page_of(replace(TOLD, counterfactuals=Counterfactuals((), "None was enough.", {}, 3, "moves 1")), tmp_path)
    assert "None was enough." in none
    assert "promise" not in none


def test_what_looks_like_markup_stays_text(tmp_path: Path) -> None:
    reason = replace(TOLD.reasons[0], text="Employer <script>alert(1)</script>.")
    page = page_of(replace(TOLD, reasons=(reason,), label="<b>PD</b>"), tmp_path)
    assert "Employer &lt;script&gt;alert(1)&lt;/script&gt;." in page
    assert "&lt;b&gt;PD&lt;/b&gt;" in page
