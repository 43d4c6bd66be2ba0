"""`garant explain --global` on a lender with columns of its own: one page for experts, no row of a person."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.cli.app import run
from garant.exceptions import BundleColumnsError, BundleError, DataError, InvariantError
from garant.runs import global_explanation
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
    # Sizes, without intervals: those hang on the seed also where the same people are explained.
    sizes = [{each.name: each.size.value for each in found.views.features} for found in (first, other)]
    assert sizes[0] != sizes[1]
    assert first.views.n == 300 < first.applicants
    path = tmp_path / "page.html"
    write_global_page(path, first, global_words(first, "en"), bundle="M", data="D", made_on=date(2026, 1, 1))
    assert f"300 of {first.applicants:,} applicants, drawn at random (seed 1)" in path.read_text(encoding="utf-8")


def test_so_few_applicants_that_pictures_would_show_persons_are_refused(
    changed: Callable[[Callable[[Path], None]], Path], short: TrainResult, settings: Settings
) -> None:
    def shorten(folder: Path) -> None:
        for name, n in (("application_train.csv", 60), ("application_test.csv", 40)):
            lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
            (folder / name).write_text("".join(lines[: n + 1]), encoding="utf-8")

    folder = changed(shorten)
    assert explain_all(folder, short.bundle.folder, settings=settings).views.n == 100
    path = folder / "application_test.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(DataError, match=r"holds 99 accepted applicants.*would show persons"):
        explain_all(folder, short.bundle.folder, settings=settings)


def test_contributions_that_miss_the_score_are_not_shown(
    lender: Path, short: TrainResult, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = global_explanation.contributions
    monkeypatch.setattr(global_explanation, "contributions", lambda *of, **how: right(*of, **how) + 1e-6)
    with pytest.raises(InvariantError, match="miss the margin"):
        explain_all(lender, short.bundle.folder, settings=settings, most=200)


def test_data_without_what_the_model_learned_from_are_explained_on_demand_alone(
    changed: Callable[[Callable[[Path], None]], Path],
    without_columns: Callable[..., Callable[[Path], None]],
    short: TrainResult,
    settings: Settings,
) -> None:
    folder = changed(without_columns("EXT_SOURCE_3"))
    with pytest.raises(BundleColumnsError, match="EXT_SOURCE_3"):
        explain_all(folder, short.bundle.folder, settings=settings)
    found = explain_all(folder, short.bundle.folder, settings=settings, most=200, allow_missing_columns=True)
    assert found.missing_columns == ("application.EXT_SOURCE_3",)
    with pytest.raises(BundleError, match="bureau"):
        explain_all(folder, short.bundle.folder, settings=settings, without=("bureau",), allow_missing_columns=True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_names_the_model_the_data_and_what_a_default_is(
    pages: dict[Language, str], everybody: GlobalExplanation, language: Language
) -> None:
    page, bundle = pages[language], everybody.bundle
    for name, digest in (("MODEL", bundle.digest), ("DATA", everybody.accepted.digest)):
        assert f"<dd>{name} – {'empreinte' if language == 'fr' else 'digest'} {digest[:12]}</dd>" in page
    label = bundle.content.label
    assert f"<dd>{label.text(language)}" in page
    assert label.text("fr") != label.text("en")


def page_of(found: GlobalExplanation, folder: Path) -> str:
    """The English page as a reader of plain spaces sees it."""
    path = folder / "page.html"
    write_global_page(path, found, global_words(found, "en"), bundle="M", data="D", made_on=date(2026, 1, 1))
    return path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_says_what_was_set_aside_and_that_a_model_is_for_comparison_alone(
    everybody: GlobalExplanation, tmp_path: Path
) -> None:
    report = everybody.accepted.report
    first, *others = (replace(file, orphans=0, quarantined=0) for file in report.files)
    clean = replace(everybody, accepted=replace(everybody.accepted, report=replace(report, files=(first, *others))))
    plain = page_of(clean, tmp_path)
    assert "not in the pictures" not in plain
    assert "PROFILE KAGGLE" not in plain
    report = replace(report, files=(replace(first, quarantined=3), *others))
    content = everybody.bundle.content.model_copy(update={"profile": "kaggle"})
    found = replace(
        everybody,
        accepted=replace(everybody.accepted, report=report),
        bundle=replace(everybody.bundle, content=content),
    )
    page = page_of(found, tmp_path)
    assert "3 rows in quarantine and 0 orphans of the data are not in the pictures" in page
    assert "PROFILE KAGGLE" in page


def test_amounts_of_the_page_are_in_the_currency_of_the_lender(everybody: GlobalExplanation, tmp_path: Path) -> None:
    assert "€" not in page_of(everybody, tmp_path)
    config = everybody.accepted.config
    config = config.model_copy(update={"money": config.money.model_copy(update={"currency": "EUR"})})
    found = replace(everybody, accepted=replace(everybody.accepted, config=config))
    assert re.search(r">up to €[\d,]+<", page_of(found, tmp_path))


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
