"""The portfolio: figures that agree with a plain count, from a run that is what was committed, in a process aside."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from garant.decisions.access import Role
from garant.exceptions import AsideError
from garant.models.cutoff import Costs
from garant.policy.outcome import OUTCOMES
from garant.projection.components import Extent
from garant.runs.aside.process import Aside
from garant.runs.aside.scored import scored
from garant.runs.aside.simulation import Change, simulate
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.run import pca
from garant.settings import Settings
from garant.storage import Json, sha256_file

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages

ANOTHER = "Only a simulation"


@pytest.fixture(scope="module")
def scores(scored_run: Path) -> pa.Table:
    """Scores of the run, read plainly."""
    return ds.dataset(sorted(str(path) for path in scored_run.glob("run_id=*/attempt=*/scores/*.parquet"))).to_table()


@pytest.fixture
def copied(scored_run: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may spoil."""
    return Path(shutil.copytree(scored_run, tmp_path / "runs"))


def question(run: Path, **others: object) -> dict[str, object]:
    """Question about a run."""
    plain = {"about": "portfolio", "run": str(run), "language": "en", "filters": {}, "by": "product"}
    return {**plain, "cutoff": None, "costs": None, **others}


@pytest.fixture(scope="module")
def aside() -> "Aside":
    """A process aside."""
    return Aside()


def test_groups_are_those_of_a_plain_count(watched: "Pages", scores: pa.Table):
    told = watched.visit(Role.RISK).get("/en/portfolio.csv?by=product")
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["group"]: row for row in csv.DictReader(io.StringIO(told.text))}
    plain = scores.to_pylist()
    for product in {row["product"] for row in plain}:
        mine = [row for row in plain if row["product"] == product]
        found = rows.pop(product)
        accepted = [row for row in mine if row["outcome"] == "accept"]
        assert (int(found["applicants"]), int(found["accepted"])) == (len(mine), len(accepted))
        assert float(found["approval_rate"]) == pytest.approx(len(accepted) / len(mine))
        assert float(found["mean_pd"]) == pytest.approx(np.mean([row["pd"] for row in mine]))
        costs = [(1 - row["pd"]) if row["pd"] >= row["cutoff"] else 10 * row["pd"] for row in mine]
        assert float(found["expected_cost"]) == pytest.approx(np.mean(costs))
    assert not rows


def test_filters_stand_in_the_address_and_stay_in_the_form(watched: "Pages", scores: pa.Table):
    shown = watched.visit(Role.AUDITOR).get("/fr/portfolio?outcome=refuse&by=band&product=Cash+loans")
    assert shown.status_code == 200
    expected = sum(row["outcome"] == "refuse" and row["product"] == "Cash loans" for row in scores.to_pylist())
    assert re.search(rf"\b{expected} demandes? sur", shown.text.replace("\u202f", ""))
    assert '<option value="refuse" selected>' in shown.text
    assert '<option value="band" selected>' in shown.text
    assert "/en/portfolio?outcome=refuse&amp;by=band&amp;product=Cash+loans" in shown.text


def test_nobody_among_those_asked_for_is_said(watched: "Pages"):
    shown = watched.visit(Role.RISK).get("/en/portfolio?product=%3Cb%3Ecars")
    assert shown.status_code == 200
    assert "Nobody of the run" in shown.text
    assert "<b>cars" not in shown.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cutoff=0", "cutoff"),
        ("cutoff=100", "cutoff"),
        ("cutoff=x%3Cb%3E", "cutoff"),
        ("cutoff=-3", "cutoff"),
        ("cutoff=1e-9", "cutoff"),
        ("costs=1:0", "costs"),
        ("costs=cheap", "costs"),
        ("costs=1:99999999", "costs"),
        ("band=77", "band"),
    ],
)
def test_a_wrong_entry_is_told_at_its_field_and_kept(watched: "Pages", query: str, field: str):
    shown = watched.visit(Role.RISK).get(f"/en/portfolio?{query}")
    assert shown.status_code == 422
    assert f'id="{field}-problem"' in shown.text
    assert "<b>" not in shown.text
    if field != "band":
        typed = query.partition("=")[2].replace("%3Cb%3E", "&lt;b&gt;")
        assert f'name="{field}" value="{typed}"' in shown.text


@pytest.mark.parametrize("query", ["by=sex", "by=reason&by=", "by=SK_ID_CURR", "by=x%00"])
def test_what_nobody_is_grouped_by_is_refused(watched: "Pages", query: str):
    assert watched.visit(Role.RISK).get(f"/en/portfolio?{query}").status_code in {200, 422}
    assert "Traceback" not in watched.log.getvalue()


def test_it_is_said_to_be_a_simulation_and_today_stays_what_it_is(watched: "Pages"):
    page = watched.visit(Role.RISK).get("/en/portfolio?cutoff=5")
    assert ANOTHER in page.text
    assert "With a cut-off of 5%" in page.text
    comma = watched.visit(Role.RISK).get("/fr/portfolio?cutoff=5%2C5")
    assert "un seuil de décision de 5,5" in comma.text


@pytest.mark.parametrize("role", [Role.ADVISER, Role.ADMIN])
@pytest.mark.parametrize("path", ["portfolio", "portfolio.csv"])
def test_who_sees_one_branch_sees_no_portfolio(watched: "Pages", role: Role, path: str):
    assert watched.visit(role).get(f"/en/{path}").status_code == 403


def test_the_service_checks_the_role_itself(watched: "Pages", scored_run: Path):
    assert scored_run.exists()
    from garant.decisions.access import Principal
    from garant.exceptions import NotPermittedError
    from garant.runs.aside.questions import PortfolioQuestion

    adviser = Principal(id="a", role=Role.ADVISER, owner="paris")
    with pytest.raises(NotPermittedError):
        watched.parts.service.portfolio(adviser, PortfolioQuestion(language="en"))


def test_without_a_run_the_page_says_how_to_give_one(world: "Pages"):
    shown = world.visit(Role.RISK).get("/fr/portfolio")
    assert shown.status_code == 200
    assert "garant serve --bundle MODEL --data DATA --run RUNS" in shown.text
    assert world.visit(Role.RISK).get("/fr/portfolio.csv").status_code == 503


def test_no_id_of_a_person_is_on_the_page_or_in_the_file(watched: "Pages", scores: pa.Table):
    ids = scores.column("SK_ID_CURR").to_pylist()[:300]
    for path in ("portfolio?by=band", "portfolio.csv?by=band"):
        text = watched.visit(Role.RISK).get(f"/en/{path}").text
        assert not [each for each in ids if re.search(rf"(?<!\d){each}(?!\d)", text)]


# ---------------------------------------------------------------- the run


def uncommitted(runs: Path) -> None:
    """As a writer that died before it committed."""
    next(runs.glob("run_id=*/COMMITTED")).unlink()


def altered(runs: Path) -> None:
    """One byte of the scores."""
    path = next(runs.glob("run_id=*/attempt=*/scores/*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def replaced(runs: Path) -> None:
    """Scores that were written anew, readable and wrong."""
    path = next(runs.glob("run_id=*/attempt=*/scores/*.parquet"))
    found = pq.read_table(path)
    place = found.schema.get_field_index("pd")
    pq.write_table(found.set_column(place, "pd", pa.array(np.full(len(found), 0.01))), path)


def gone(runs: Path) -> None:
    """A part that is listed and not there."""
    next(runs.glob("run_id=*/attempt=*/scores/*.parquet")).unlink()


def without_pointer(runs: Path) -> None:
    """No current run."""
    (runs / "current.json").unlink()


def of_another_verb(runs: Path) -> None:
    """A run of another command."""
    path = next(runs.glob("run_id=*/attempt=*/manifest.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "verb": "pca"}))


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (uncommitted, "not_committed"),
        (without_pointer, "not_committed"),
        (altered, "changed"),
        (replaced, "changed"),
        (gone, "changed"),
        (of_another_verb, "other_run"),
    ],
)
def test_a_run_that_is_not_what_was_committed_is_refused(
    copied: Path, aside: Aside, spoil: Callable[[Path], None], kind: str
):
    spoil(copied)
    with pytest.raises(AsideError) as told:
        aside.ask(question(copied))
    assert told.value.kind == kind


def test_a_run_that_is_changed_after_it_was_read_is_refused_then(copied: Path, aside: Aside):
    assert aside.ask(question(copied))["rows"] > 0
    replaced(copied)
    with pytest.raises(AsideError) as told:
        aside.ask(question(copied))
    assert told.value.kind == "changed"


def test_the_attempt_itself_may_be_named(copied: Path, aside: Aside):
    attempt = next(copied.glob("run_id=*/attempt=*"))
    assert aside.ask(question(attempt))["rows"] == aside.ask(question(copied))["rows"]


def test_a_page_of_a_spoilt_run_says_so_and_shows_nothing(new_pages: "NewPages", copied: Path):
    altered(copied)
    pages = new_pages(run=copied)
    shown = pages.visit(Role.RISK).get("/fr/portfolio")
    assert shown.status_code == 503
    assert "ne sont pas ceux qui ont été écrits" in shown.text
    assert "<table" not in shown.text
    assert pages.visit(Role.RISK).get("/fr/portfolio.csv").status_code == 503


# ---------------------------------------------------------------- the map


def test_the_map_is_drawn_from_components_of_the_same_clients(copied: Path, aside: Aside, settings: Settings):
    def map_of(found: Json) -> Json:
        return next(each for each in found["sections"] if each["name"] == "map")

    assert not map_of(aside.ask(question(copied)))["figures"]
    options = PcaOptions(extent=Extent(number=3))
    done = pca(copied, copied.parent / "pca", options=options, settings=settings)
    assert [each["name"] for each in map_of(aside.ask(question(copied)))["figures"]] == ["plane"]
    shown = sum(int(row[2].replace(",", "")) for row in map_of(aside.ask(question(copied)))["figures"][0]["rows"])
    assert shown > 1_000
    path = next((done.run.folder / "pca" / "pca_scores").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AsideError) as told:
        aside.ask(question(copied))
    assert told.value.kind == "changed"


# ---------------------------------------------------------------- the process


def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_answered(copied: Path):
    hurried = Aside(most=0.001)
    with pytest.raises(AsideError) as told:
        hurried.ask(question(copied))
    assert told.value.kind == "slow"
    hurried._most = 60.0
    # The answer that came too late is nobody's: another question gets its own.
    refused = hurried.ask(question(copied, filters={"outcome": "refuse"}))
    assert 0 < refused["chosen"] < refused["rows"]
    hurried.close()


def test_a_process_that_died_is_started_again(copied: Path):
    aside = Aside()
    before = aside.ask(question(copied))["rows"]
    assert aside._running is not None
    aside._running._process.kill()
    aside._running._process.wait()
    assert aside.ask(question(copied))["rows"] == before
    aside.close()


def test_one_question_at_a_time_and_no_endless_queue(copied: Path):
    aside = Aside(wait=0.01)
    with aside._one, pytest.raises(AsideError) as told:
        aside.ask(question(copied))
    assert told.value.kind == "busy"


def test_what_cannot_be_understood_ends_nothing(copied: Path, aside: Aside):
    with pytest.raises(AsideError) as told:
        aside.ask({"about": "weather"})
    assert told.value.kind == "failed"
    assert aside.ask(question(copied))["rows"] > 0


# ---------------------------------------------------------------- the simulation


def test_todays_terms_change_nothing(scored_run: Path):
    found = scored(scored_run)
    everybody = np.ones(len(found.pd), dtype=np.bool_)
    same = simulate(found, everybody, Change(cutoff=found.terms.single.cutoff))
    assert same.changed == 0
    assert same.today == same.tried


def test_a_simulation_is_what_a_plain_computation_says(scored_run: Path, scores: pa.Table):
    found = scored(scored_run)
    everybody = np.ones(len(found.pd), dtype=np.bool_)
    tried = simulate(found, everybody, Change(cutoff=0.2, costs=Costs(1.0, 20.0)))
    plain = [row for row in scores.to_pylist() if row["pd"] is not None]
    cost = np.mean([(1 - r["pd"]) if r["pd"] >= 0.2 else 20 * r["pd"] for r in plain])
    assert tried.tried.cost == pytest.approx(cost, rel=1e-9)
    before = np.mean([(1 - r["pd"]) if r["pd"] >= r["cutoff"] else 20 * r["pd"] for r in plain])
    assert tried.today.cost == pytest.approx(before, rel=1e-9)
    at = int(np.argmin(np.abs(tried.curve[0] - 0.2)))
    assert tried.curve[0][at] == pytest.approx(0.2)
    assert tried.curve[1][at] == pytest.approx(cost, rel=1e-9)
    below = np.mean([r["pd"] < 0.2 for r in plain])
    assert tried.curve[2][at] == pytest.approx(below)


def test_the_cheapest_cut_off_is_the_one_that_the_costs_give(scored_run: Path):
    found = scored(scored_run)
    curve = simulate(found, np.ones(len(found.pd), dtype=np.bool_), Change(costs=Costs(1.0, 9.0))).curve
    assert curve[0][int(np.argmin(curve[1]))] == pytest.approx(0.1, rel=1e-6)


def test_what_a_rule_decided_stays_whatever_the_cut_off(scored_run: Path):
    found = scored(scored_run)
    ruled = found.ruled & (found.outcome == 1)
    assert ruled.any(), "the lender has somebody whom a rule refers"
    for point in (0.001, 0.999):
        tried = simulate(found, ruled, Change(cutoff=point))
        assert (tried.changed, tried.tried.referred) == (0, int(ruled.sum()))


def test_a_name_that_a_spreadsheet_would_run_is_written_as_text(copied: Path, aside: Aside):
    n = 1_000
    attempt = next(copied.glob("run_id=*/attempt=*"))
    for path in (*attempt.glob("scores/*"), *attempt.glob("matrix/*")):
        path.unlink()
    source = np.random.default_rng(5)
    pd = source.beta(0.9, 10, n)
    outcome = np.where(pd < 0.06, 0, np.where(pd < 0.13, 1, 2))
    words = [str(each) for each in OUTCOMES]
    made = pa.table(
        {
            "SK_ID_CURR": pa.array(np.arange(n)),
            "pd": pa.array(pd),
            "outcome": pa.array([words[each] for each in outcome]),
            "product": pa.array(source.choice(["Cash loans", "=1+1"], n)),
            "reason_1_code": pa.array(source.choice(["INCOME", "HOUSING", "EMPLOYMENT"], n)),
        }
    )
    pq.write_table(made, attempt / "scores" / "part-00000.parquet")
    path = attempt / "manifest.json"
    manifest = json.loads(path.read_text())
    name = "scores/part-00000.parquet"
    manifest["files"] = {name: {"sha256": sha256_file(attempt / name)}}
    path.write_text(json.dumps(manifest))
    first = aside.ask(question(copied))
    assert first["rows"] == n
    assert "\r\n'=1+1," in first["csv"]
