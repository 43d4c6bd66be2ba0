"""`garant explain --global` on a lender with columns of its own: one page for experts, no row of a person."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.cli.app import run
from garant.exceptions import DataError
from garant.runs.accept import accepted_tables
from garant.runs.cut_out import accepted_ids
from garant.runs.global_explanation import GlobalExplanation, explain_all
from garant.runs.global_page import global_words, write_global_page
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

Language = Literal["fr", "en"]


@pytest.fixture(scope="module")
def everybody(lender: Path, short: TrainResult, settings: Settings) -> GlobalExplanation:
    return explain_all(lender, short.bundle.folder, settings=settings)


@pytest.fixture(scope="module")
def pages(everybody: GlobalExplanation, tmp_path_factory: pytest.TempPathFactory) -> dict[Language, str]:
    folder, made = tmp_path_factory.mktemp("global"), dict[Language, str]()
    languages: tuple[Language, ...] = ("fr", "en")
    for language in languages:
        path = folder / f"{language}.html"
        words = global_words(everybody, language)
        write_global_page(path, everybody, words, bundle="MODEL", data="DATA", made_on=date(2026, 11, 29))
        made[language] = path.read_text(encoding="utf-8")
    return made


def test_everybody_is_explained_and_planted_columns_come_first(everybody: GlobalExplanation) -> None:
    assert everybody.views.n == everybody.applicants > 1_000
    first = {each.name for each in everybody.views.features[:4]}
    assert {"application_extra_epargne", "application_extra_monthsascustomer"} <= first
    assert all(each.size.low <= each.size.value <= each.size.high for each in everybody.views.families)


def test_mean_scores_are_those_of_the_scoring_path(
    everybody: GlobalExplanation, lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    options = ScoreOptions(explain="none")
    scored = score(lender, short.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    rows = pq.read_table(scored.run.folder / "scores", columns=["pd", "margin"])
    rows = rows.filter(pc.is_valid(rows.column("pd")))
    band = short.bundle.content.cutoffs.single.refer_band
    by_name = {group.name: group for group in everybody.views.groups}
    for name, mask in (
        ("refuse", pc.greater_equal(rows.column("pd"), band.upper)),
        ("accept", pc.less(rows.column("pd"), band.lower)),
    ):
        group = rows.filter(mask)
        assert by_name[name].n == group.num_rows
        assert by_name[name].margin == pytest.approx(float(np.mean(group.column("margin").to_numpy())), abs=1e-5)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_asks_nothing_of_a_network_and_has_every_section(
    pages: dict[Language, str], language: Language
) -> None:
    page = pages[language]
    assert not re.search(r"https?:|<script|<link|src=|url\(", page)
    for name in ("importance", "beeswarm", "dependence", "interactions", "scores"):
        assert f'<h2 id="{name}">' in page
    words = {
        "fr": ("Pour les experts", "▲ augmente le risque", "▼ réduit le risque", "Épargne chez nous", "95 %"),
        "en": ("For experts", "▲ raises the risk", "▼ lowers the risk", "Savings with us", "95%"),
    }
    for word in words[language]:
        assert word in page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert page.count("<svg ") == page.count('role="img"') >= 10
    assert {"#b35806", "#2b6c99"} <= set(re.findall(r"#[0-9a-f]{6}", page))


def test_no_applicant_is_named_and_no_extreme_value_told(
    pages: dict[Language, str], lender: Path, settings: Settings
) -> None:
    accepted = accepted_tables(lender, purpose="score", settings=settings)
    named = set(re.findall(r"\b\d{6}\b", pages["en"]))
    assert not named & {str(client) for client in accepted_ids(accepted).tolist()}
    savings = pa.concat_tables(
        pq.read_table(file, columns=["Épargne"]) for file in accepted.files["application"]
    ).column(0)
    told = {float(number.replace(",", "")) for number in re.findall(r">(?:over|up to) ([\d,]+)<", pages["en"])}
    assert pc.max(savings).as_py() not in told
    assert round(pc.max(savings).as_py()) not in told


def test_a_random_part_is_explained_where_there_are_too_many_and_the_page_says_so(
    lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    first, other = (explain_all(lender, short.bundle.folder, settings=settings, most=300, seed=seed) for seed in (1, 2))
    assert first.views.features != other.views.features
    assert first.views.n == 300 < first.applicants
    path = tmp_path / "page.html"
    write_global_page(path, first, global_words(first, "en"), bundle="M", data="D", made_on=date(2026, 1, 1))
    assert f"300 of {first.applicants:,} applicants, drawn at random (seed 1)" in path.read_text(encoding="utf-8")


def test_so_few_applicants_that_pictures_would_show_persons_are_refused(
    changed: Callable[[Callable[[Path], None]], Path], short: TrainResult, settings: Settings
) -> None:
    def shorten(folder: Path) -> None:
        for name in ("application_train.csv", "application_test.csv"):
            lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
            (folder / name).write_text("".join(lines[:40]), encoding="utf-8")

    with pytest.raises(DataError, match="would show persons"):
        explain_all(changed(shorten), short.bundle.folder, settings=settings)


def test_as_json_it_has_every_importance_and_no_dots(everybody: GlobalExplanation) -> None:
    said = everybody.to_dict()
    assert said["explained"] == everybody.views.n
    assert len(said["features"]) == len(everybody.features)
    assert "swarm" not in said


def test_the_command_writes_one_page_and_says_where_and_what_moves_scores_most(
    lender: Path,
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(settings.cache_folder))
    monkeypatch.chdir(tmp_path)
    assert (
        run(["explain", "--global", "--data", str(lender), "--bundle", str(short.bundle.folder), "--lang", "fr"]) == 0
    )
    said = capsys.readouterr().out
    page = (tmp_path / "explanation.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert f"{lender} – empreinte" in page
    assert "Page : explanation.html" in said
    assert said.startswith("Familles d’informations – Ampleur moyenne")
    assert "mean size" not in said
    first = said.splitlines()[2].split("  ")[0]
    assert f">{first}</text>" in page
    assert list(tmp_path.iterdir()) == [tmp_path / "explanation.html"], "nothing else is left"
