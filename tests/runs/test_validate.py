"""A bundle judged on data that it need not come from: on its own it looks too good, and says so."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garant.exceptions import BundleColumnsError, DataError, QuarantineLimitError, UnknownNameError, UsageError
from garant.metrics.discrimination import auc
from garant.metrics.psi import Change
from garant.models.scorecard.reading import read_scorecard
from garant.models.segments import MISSING, SegmentName
from garant.runs.segment import segmented
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.runs.validate import validate
from garant.runs.validation import ValidateOptions, Validation
from garant.runs.validation_report import write_report
from garant.runs.validation_sections import segment_lines
from garant.settings import Settings
from garant.tables.quarantine_limit import QuarantineLimit

from .conftest import change_rows

pytestmark = pytest.mark.xdist_group("own")

Edit = Callable[[Path], None]
Changed = Callable[[Edit], Path]

TRAIN, TEST = "application_train.csv", "application_test.csv"


@pytest.fixture(scope="module")
def own(lender: Path, model: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Validation:
    """The bundle on the data that it was trained on, by a segment; from a cache in which nothing displaces them."""
    options = ValidateOptions(segment="segment")
    settings = settings.model_copy(update={"cache_folder": tmp_path_factory.mktemp("own_cache")})
    return validate(lender, model.bundle.folder, options=options, settings=settings)


def rows_changed(name: str, change: Callable[[dict[str, str]], dict[str, str]]) -> Edit:
    """Change of every row of one file."""
    return lambda folder: change_rows(folder / name, change)


def test_on_its_own_training_data_a_bundle_looks_too_good_and_the_report_says_so(
    own: Validation, model: TrainResult, tmp_path: Path
):
    assert own.own_data
    assert own.evaluation.rows == model.evaluation.rows
    assert own.evaluation.measures["auc"].value > model.evaluation.measures["auc"].value + 0.01
    write_report(own, tmp_path / "fr.html", language="fr")
    page = (tmp_path / "fr.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert 'class="notice alarm" role="note">Ces données sont celles de l’entraînement' in page
    assert "Le modèle a été entraîné avec --fast" in page
    assert "Mesures sur les demandes dont le modèle a appris" in page
    assert "Prêts acceptés seulement" in page
    assert "Aucune inférence sur les refusés" in page


def test_on_its_own_training_data_nothing_moved(own: Validation):
    found = own.populations["labelled"]
    assert found.score.psi < 0.001
    assert not found.alarms


def test_the_scorecard_of_the_bundle_is_judged_on_the_same_applicants(own: Validation, model: TrainResult):
    scorecard = read_scorecard(model.bundle)
    assert scorecard is not None
    assert own.challenger is not None
    points = scorecard.card.margin(own.judged.matrix, own.judged.columns)
    assert own.challenger.measures["auc"].value == pytest.approx(auc(own.judged.label, points))


def test_segments_sum_to_everybody(own: Validation):
    assert {s.name.level for s in own.segments} == {"gold", "silver", "plain"}
    assert sum(s.rows for s in own.segments) == own.evaluation.rows
    assert sum(s.positives for s in own.segments) == own.evaluation.positives


def test_without_a_page_the_lines_of_the_segments_say_how_to_get_one(own: Validation):
    first, *lines = segment_lines("segment", own.segments, page=None)
    assert first == "Segments of segment (add --report PAGE for every measure):"
    for segment, line in zip(own.segments, lines, strict=True):
        assert line.startswith(f"  {segment.name.level}: {segment.rows} applicants, {segment.positives} with payment")
        assert ("too few to judge by" in line) is segment.is_small


def test_the_page_has_every_section_in_both_languages_and_each_anchor_once(own: Validation, tmp_path: Path):
    anchors: dict[str, list[str]] = {}
    for language in ("fr", "en"):
        path = tmp_path / f"{language}.html"
        write_report(own, path, language=language)
        page = path.read_text(encoding="utf-8")
        anchors[language] = re.findall(r' id="([^"]+)"', page)
        assert not re.search(r"https?:|<script|report\.[a-z_.]+[a-z]<", page)
    assert anchors["fr"] == anchors["en"]
    assert len(set(anchors["en"])) == len(anchors["en"])
    wanted = ["calibration", "distribution", "ranking", "ks", "lift", "cost_ratios", "segments"]
    wanted += ["population_labelled", "population_unlabelled", "economics", "gates", "limits"]
    assert [name for name in anchors["en"] if name in wanted] == wanted


def test_the_page_judges_each_product_at_its_cut_off(own: Validation, tmp_path: Path):
    path = tmp_path / "page.html"
    write_report(own, path, language="en")
    section = path.read_text(encoding="utf-8").split('id="economics"')[1].split("<h2")[0]
    products = re.findall(r'<tr><th scope="row">[^<]*</th>((?:<td>[^<]*</td>)+)', section)
    cells = [re.findall("<td>([^<]*)</td>", row) for row in products]
    assert sum(int(row[0].replace(",", "")) for row in cells) == own.evaluation.rows
    assert {row[3] for row in cells} == {f"{own.bundle.content.cutoff:.2%}"}


@pytest.fixture(scope="module")
def moved(lender: Path, model: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Validation:
    """The bundle a year later: loans of twice the amount, and a part of the applicants."""
    import shutil

    folder = tmp_path_factory.mktemp("moved") / "lender"
    shutil.copytree(lender, folder)

    def dearer(row: dict[str, str]) -> dict[str, str]:
        return {**row, "AMT_CREDIT": str(2 * float(row["AMT_CREDIT"]))}

    change_rows(folder / TRAIN, dearer)
    return validate(folder, model.bundle.folder, options=ValidateOptions(), settings=settings)


def test_a_planted_shift_is_named(moved: Validation):
    assert not moved.own_data
    names = {feature.name: feature.found.change for feature in moved.populations["labelled"].alarms}
    assert names["application_credit"] is Change.LARGE
    assert moved.is_alarming
    assert not [name for name in names if name.startswith(("bureau_balance", "pos", "credit_card"))]


def test_data_without_outcomes_are_refused_with_what_to_do(changed: Changed, model: TrainResult, settings: Settings):
    def unlabelled(folder: Path) -> None:
        change_rows(folder / TRAIN, lambda row: {k: v for k, v in row.items() if k != "TARGET"})

    with pytest.raises(DataError, match=r"no applicant has an outcome .*Add the column TARGET"):
        validate(changed(unlabelled), model.bundle.folder, options=ValidateOptions(), settings=settings)


def test_outcomes_of_one_kind_are_refused(changed: Changed, model: TrainResult, settings: Settings):
    data = changed(rows_changed(TRAIN, lambda row: {**row, "TARGET": "0"}))
    with pytest.raises(DataError, match=r"0 of .* judged applicants had payment difficulties"):
        validate(data, model.bundle.folder, options=ValidateOptions(), settings=settings)


def test_applicants_with_an_empty_outcome_are_compared_and_not_judged(
    changed: Changed, model: TrainResult, settings: Settings, own: Validation
):
    data = changed(
        rows_changed(TRAIN, lambda row: {**row, "TARGET": "" if int(row["SK_ID_CURR"]) % 5 == 0 else row["TARGET"]})
    )
    found = validate(data, model.bundle.folder, options=ValidateOptions(), settings=settings)
    fewer = own.evaluation.rows - found.evaluation.rows
    assert fewer > 0
    assert found.populations["unlabelled"].rows_now == own.populations["unlabelled"].rows_now + fewer


def window(months: int) -> Edit:
    """Change that gives the label an outcome window."""

    def change(folder: Path) -> None:
        config = folder / "tables.toml"
        said = config.read_text(encoding="utf-8")
        assert said.count("[label]\n") == 1
        config.write_text(said.replace("[label]\n", f"[label]\nwindow_months = {months}\n"), encoding="utf-8")

    return change


def test_immature_outcomes_are_left_out_until_they_were_observed(
    changed: Changed, model: TrainResult, settings: Settings, own: Validation
):
    data, folder = changed(window(6)), model.bundle.folder
    found = validate(data, folder, options=ValidateOptions(), settings=settings)
    dates = found.labelled.application_date
    assert dates is not None
    assert found.n_immature > 0
    assert found.evaluation.rows + found.n_immature == own.evaluation.rows
    assert (dates[~found.mature] > np.datetime64(found.observed_until) - np.timedelta64(186, "D")).all()
    later = validate(data, folder, options=ValidateOptions(observed_until="2030-01-01"), settings=settings)
    assert (later.n_immature, later.evaluation.rows) == (0, own.evaluation.rows)
    with pytest.raises(DataError, match=r"is mature.*--observed-until"):
        validate(data, folder, options=ValidateOptions(observed_until="2001-01-01"), settings=settings)
    with pytest.raises(UsageError, match="expected a day such as"):
        validate(data, folder, options=ValidateOptions(observed_until="soon"), settings=settings)


def test_outcomes_without_a_day_are_refused_where_the_label_has_a_window(
    changed: Changed, model: TrainResult, settings: Settings
):
    def undated(row: dict[str, str]) -> dict[str, str]:
        return {**row, "APPLICATION_DATE": "" if row["SK_ID_CURR"].endswith("7") else row["APPLICATION_DATE"]}

    def change(folder: Path) -> None:
        window(6)(folder)
        change_rows(folder / TRAIN, undated)

    with pytest.raises(DataError, match=r"APPLICATION_DATE is empty for \d+ applicants .* window of 6 months"):
        validate(changed(change), model.bundle.folder, options=ValidateOptions(), settings=settings)


def test_a_day_of_observation_without_a_window_is_misuse(lender: Path, model: TrainResult, settings: Settings):
    options = ValidateOptions(observed_until="2030-01-01")
    with pytest.raises(UsageError, match="window_months"):
        validate(lender, model.bundle.folder, options=options, settings=settings)


def test_a_column_that_the_bundle_learned_from_is_asked_for_unless_its_absence_is_allowed(
    changed: Changed, without_columns: Callable[..., Edit], model: TrainResult, settings: Settings
):
    data, folder = changed(without_columns("EXT_SOURCE_2")), model.bundle.folder
    with pytest.raises(BundleColumnsError, match="EXT_SOURCE_2"):
        validate(data, folder, options=ValidateOptions(), settings=settings)
    found = validate(data, folder, options=ValidateOptions(allow_missing_columns=True), settings=settings)
    assert found.missing_columns == ("application.EXT_SOURCE_2",)
    moved = {feature.name for feature in found.populations["labelled"].alarms}
    assert "application_external_score_2" in moved
    options = ValidateOptions(allow_missing_columns=True, segment="EXT_SOURCE_2")
    with pytest.raises(UsageError, match="does not have that column"):
        validate(data, folder, options=options, settings=settings)


def test_too_many_rows_in_quarantine_stop_it(changed: Changed, model: TrainResult, settings: Settings):
    data = changed(
        rows_changed(
            TRAIN, lambda row: {**row, "AMT_CREDIT": "a lot" if row["SK_ID_CURR"].endswith("77") else row["AMT_CREDIT"]}
        )
    )
    with pytest.raises(QuarantineLimitError):
        validate(data, model.bundle.folder, options=ValidateOptions(), settings=settings)
    options = ValidateOptions(accept_quarantine=QuarantineLimit.parse("50%"))
    found = validate(data, model.bundle.folder, options=options, settings=settings)
    assert found.accepted.report.n_quarantined > 0


@pytest.mark.parametrize("column", ["segmnt", "SK_ID_CURR"])
def test_a_segment_that_parts_nobody_is_misuse(
    column: str, lender: Path, model: TrainResult, settings: Settings, tmp_path: Path
):
    with pytest.raises(UsageError) as caught:
        validate(lender, model.bundle.folder, options=ValidateOptions(segment=column), settings=settings)
    assert not isinstance(caught.value, UnknownNameError) or "'segment'" in str(caught.value)
    with pytest.raises(UsageError):
        train(lender, tmp_path / "m", options=TrainOptions(fast=True, segment=column), settings=settings)


@pytest.mark.parametrize(("column", "kind"), [("AMT_CREDIT", "range"), ("FLAG_MOBIL", "value"), ("opened", "level")])
def test_segments_of_numbers_flags_and_days(column: str, kind: str, own: Validation):
    found = segmented(own.accepted, column, own.judged.ids)
    assert {name.kind for name in found.names if name != MISSING} == {kind}
    assert len(found.member) == own.evaluation.rows
    if column == "opened":
        assert found.names[0] == SegmentName("level", "2001")


def test_borders_of_segments_are_amounts_and_flags_as_the_files_say_them(own: Validation, lender: Path):
    credit, flag = (segmented(own.accepted, column, own.judged.ids) for column in ("AMT_CREDIT", "FLAG_MOBIL"))
    with (lender / TRAIN).open(encoding="utf-8", newline="") as file:
        amounts = np.array([float(row["AMT_CREDIT"]) for row in csv.DictReader(file)])
    borders = [name.upper for name in credit.names if name.upper is not None]
    shares = [float(np.mean(amounts < border)) for border in borders]
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8], abs=0.03)
    assert {name.lower for name in flag.names if name != MISSING} <= {0.0, 1.0}


def test_segments_follow_the_ids_whatever_their_order(own: Validation):
    ids = own.judged.ids
    turned = np.random.default_rng(1).permutation(len(ids))
    once, again = (segmented(own.accepted, "segment", these) for these in (ids, ids[turned]))
    assert (once.member[turned] == again.member).all()
