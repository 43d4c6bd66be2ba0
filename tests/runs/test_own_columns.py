"""The lender's own columns from tables.toml to the sentences of a refusal, and back from the bundle alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import BundleColumnsError, UsageError
from garant.features.feature import Profile
from garant.models.scorecard.binning import can_bin
from garant.models.scorecard.reading import read_scorecard
from garant.runs.accept import accepted_tables
from garant.runs.bundle_features import bundle_features
from garant.runs.explain import explain
from garant.runs.feature_list import found_feature, listed_features
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.runs.score_files import read_scores
from garant.runs.train_result import TrainResult
from garant.runs.words import words_of
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

NO_BREAK = "\N{NO-BREAK SPACE}"

OWN = ["application_extra_epargne", "application_extra_monthsascustomer", "application_extra_segment"]

STRAY = "application_extra_strayscore"
"""An external score that nobody says the source of."""

Changed = Callable[[Callable[[Path], None]], Path]


PLAIN = {"fr": f"Segment interne{NO_BREAK}: «{NO_BREAK}plain{NO_BREAK}». ", "en": "Internal segment: “plain”. "}
FAMILY = {"fr": "Segment interne", "en": "Internal segment"}


@pytest.fixture(scope="module")
def scored(lender: Path, model: TrainResult, settings: Settings) -> ScoreResult:
    """Everybody scored, with reasons in French."""
    options = ScoreOptions(explain="all", language="fr")
    return score(lender, model.bundle.folder, lender.parent / "runs", options=options, settings=settings)


def reasons_of(scored: ScoreResult) -> list[dict[str, Any]]:
    """Rows with a reason from one of the own families."""
    return [row for row in pa.concat_tables(read_scores(scored.run)).to_pylist() if row["pd"] is not None]


def rewrite(old: str, new: str) -> Callable[[Path], None]:
    """Change of one line of tables.toml."""

    def change(folder: Path) -> None:
        config = folder / "tables.toml"
        said = config.read_text(encoding="utf-8")
        assert said.count(old) == 1
        config.write_text(said.replace(old, new), encoding="utf-8")

    return change


def test_the_model_uses_the_columns_that_the_profile_may_see(model: TrainResult):
    content = model.bundle.content
    assert [f.name for f in content.features if "_extra_" in f.name] == OWN
    assert sorted(content.extras or {}) == ["MonthsAsCustomer", "segment", "Épargne"]
    assert "extras" in content.sections.optional
    entry = next(f for f in content.features if f.name == OWN[1])
    assert (entry.unit, entry.sign, entry.family, entry.levels) == ("months", "lowers", "loyalty", None)
    assert next(f for f in content.features if f.name == OWN[2]).levels == ("gold", "plain", "silver")


def test_a_declared_direction_binds_the_model(model: TrainResult):
    assert model.bundle.content.training.parameters["monotone"][OWN[1]] == -1


def test_the_bundle_holds_sql_schema_and_sentences_of_the_columns(model: TrainResult):
    files = model.bundle.files
    assert (
        "reads: application.MonthsAsCustomer, application.segment, application.Épargne"
        in files["features.sql"].decode()
    )
    schema = {column["name"]: column for column in json.loads(files["schema.json"])["application"]}
    assert schema["Épargne"]["read"]
    assert not schema["suburb"]["read"]
    words = json.loads(files["wording.json"])["fr"]
    assert words[f"reason.{OWN[0]}.raises"] == [
        f"Épargne chez nous{NO_BREAK}: {{value}}. {{yardstick}} Cela augmente le risque."
    ]
    assert words["family.savings.label"] == ["Épargne chez nous"]
    assert "Savings with us" in model.report.read_text(encoding="utf-8")


@pytest.mark.skipif(not can_bin(), reason="extra train is not installed")
def test_the_scorecard_beside_the_model_says_the_columns_in_the_lenders_words(model: TrainResult):
    scorecard = read_scorecard(model.bundle)
    assert scorecard is not None
    said = {entry.name: [line.text("fr") for line in entry.bins] for entry in scorecard.features}
    assert said.keys() & set(OWN)
    labels = dict(zip(OWN, ("Épargne chez nous", "Ancienneté de la relation", "Segment interne"), strict=True))
    assert all(text.startswith(labels[name]) for name in said.keys() & set(OWN) for text in said[name])


def test_reasons_of_a_run_say_the_column_with_the_persons_value(scored: ScoreResult):
    said = {(row[f"reason_{n}_code"], row[f"reason_{n}_text"]) for row in reasons_of(scored) for n in range(1, 5)}
    beside = "de ceux dont elle a été refusée. Cela augmente le risque."
    assert any(code == "SEGMENT" and text.startswith(PLAIN["fr"]) and text.endswith(beside) for code, text in said)
    months = f"Ancienneté de la relation{NO_BREAK}: 2{NO_BREAK}mois. Chez les clients dont la demande a été acceptée,"
    assert any(code == "LOYALTY" and text.startswith(months) for code, text in said)
    assert ("LOYALTY", f"Ancienneté de la relation{NO_BREAK}: aucune information. Cela augmente le risque.") in said


def test_savings_are_written_as_money_is(scored: ScoreResult):
    matrix = pq.read_table(scored.run.folder / "matrix", columns=["SK_ID_CURR", OWN[0]]).to_pylist()
    savings = {row["SK_ID_CURR"]: row[OWN[0]] for row in matrix}
    found = [
        (savings[row["SK_ID_CURR"]], row[f"reason_{n}_text"])
        for row in reasons_of(scored)
        for n in range(1, 5)
        if row[f"reason_{n}_code"] == "SAVINGS" and row[f"reason_{n}_text"].startswith(f"Épargne chez nous{NO_BREAK}: ")
    ]
    assert len(found) > 100
    for value, text in found:
        # Halves go away from zero: the amounts of the file have two decimals.
        amount = f"{int(Decimal(str(value)) + Decimal('0.5')):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        if value is None or "ces informations" in text:
            continue
        assert text.startswith(f"Épargne chez nous{NO_BREAK}: {amount}. Chez ")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_one_refusal_is_explained_in_both_languages(
    lender: Path, model: TrainResult, scored: ScoreResult, settings: Settings, language: Literal["fr", "en"]
):
    client = next(
        row["SK_ID_CURR"]
        for row in reasons_of(scored)
        if any(row[f"reason_{n}_code"] == "SEGMENT" and "plain" in row[f"reason_{n}_text"] for n in range(1, 5))
    )
    found = explain(client, data=lender, bundle_folder=model.bundle.folder, language=language, settings=settings)
    assert any(reason.text.startswith(PLAIN[language]) for reason in found.reasons)
    assert FAMILY[language] in [effect.label for effect in found.families]
    scores = {row["SK_ID_CURR"]: row["pd"] for row in reasons_of(scored)}
    assert found.pd == scores[client]


def test_the_bundles_own_texts_are_said_when_the_lender_words_them_anew(
    changed: Changed, model: TrainResult, scored: ScoreResult, settings: Settings
):
    data = changed(rewrite('text_en = "Internal segment"', 'text_en = "Something else"'))
    client = reasons_of(scored)[0]["SK_ID_CURR"]
    found = explain(client, data=data, bundle_folder=model.bundle.folder, language="en", settings=settings)
    assert "Internal segment" in [effect.label for effect in found.families]


def without_segment(folder: Path) -> None:
    """Change that declares the segment under another name."""
    rewrite("[extra.segment]", "[extra.Segment2]")(folder)
    for file in folder.glob("application_*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace(",segment,", ",Segment2,", 1), "utf-8")


OTHERWISE = {
    "another type": (
        rewrite('type = "months"', 'type = "count"'),
        r'\[extra\.MonthsAsCustomer\] type: .*"months", found "count"',
    ),
    "another legal flag": (
        rewrite('family = "segment"', 'family = "segment"\nlegal = "banned"'),
        r'\[extra\.segment\] legal: .*"allowed", found "banned"',
    ),
    "not declared": (without_segment, r"segment: not declared; .*\[extra\.segment\] of type category"),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_data_that_declare_a_used_column_otherwise_are_refused(
    changed: Changed, model: TrainResult, settings: Settings, tmp_path: Path, case: str
):
    change, message = OTHERWISE[case]
    with pytest.raises(BundleColumnsError, match=message) as refused:
        score(changed(change), model.bundle.folder, tmp_path / "runs", options=ScoreOptions(), settings=settings)
    assert refused.value.exit_code == 3
    assert not (tmp_path / "runs").exists()


def test_the_definition_of_a_column_is_part_of_the_fingerprint(model: TrainResult):
    content = model.bundle.content
    moved = content.model_copy(
        update={"extras": {**(content.extras or {}), "Épargne": content.extras["segment"]}}  # type: ignore[index]
    )
    with pytest.raises(Exception, match="other definitions"):
        bundle_features(replace(model.bundle, content=moved, digest="0" * 64))


def test_a_declaration_that_cannot_become_a_feature_is_misuse_before_anything_is_read(
    changed: Changed, settings: Settings
):
    data = changed(rewrite('family = "segment"', 'sign = "raises"'))
    with pytest.raises(UsageError, match=r"tables\.toml(.|\n)*\[extra\.segment\] sign"):
        accepted_tables(data, purpose="train", settings=settings)


def test_features_are_listed_from_a_folder_of_data_and_from_a_bundle(lender: Path, model: TrainResult):
    of_data = listed_features(profile=Profile.KAGGLE, tables=("application",), data=lender)
    assert [f.name for f in of_data if f.own] == [*OWN, STRAY, "application_extra_suburb"]
    of_eu = listed_features(profile=Profile.EU, tables=("application",), data=lender)
    assert [f.name for f in of_eu if f.own] == OWN
    of_bundle = listed_features(profile=Profile.EU, tables=("application",), bundle=model.bundle)
    assert [f.name for f in of_bundle] == [f.name for f in model.bundle.content.features]
    assert words_of(of_bundle, "fr").label(OWN[1]) == "Ancienneté de la relation"
    assert found_feature(OWN[2], bundle=model.bundle).inputs == ("application.segment",)
    with pytest.raises(UsageError, match="not both"):
        listed_features(profile=Profile.EU, tables=("application",), bundle=model.bundle, data=lender)


def test_an_external_score_without_an_entry_is_left_out_with_one_line(model: TrainResult):
    assert STRAY not in {f.name for f in model.bundle.content.features}
    (line,) = [line for line in model.said if "StrayScore" in line]
    assert line == (
        "Profile eu leaves out an external score that nobody says the source of: StrayScore; write "
        "[external_scores.StrayScore]."
    )


def test_the_bundle_says_where_its_external_scores_come_from(model: TrainResult):
    scores = model.bundle.content.external_scores
    assert scores is not None
    assert {name: entry.provider for name, entry in scores.items()} == {
        "EXT_SOURCE_1": None,
        "EXT_SOURCE_2": "Agence Exemple",
        "EXT_SOURCE_3": None,
    }
    assert "external_scores" in model.bundle.content.sections.optional
    assert json.loads(model.bundle.files["wording.json"])["en"]["external.named"] == [
        "Provider: {provider}. {correction}"
    ]


CORRECTED = {
    "fr": f"Fournisseur{NO_BREAK}: Agence Exemple. Écrivez à l’agence, qui corrige sous un mois.",
    "en": "Provider: Agence Exemple. Write to the agency, which corrects it within a month.",
}


def test_whoever_is_refused_for_an_external_score_reads_how_to_obtain_and_correct_it(
    lender: Path, model: TrainResult, scored: ScoreResult, settings: Settings
):
    said = [
        (row["SK_ID_CURR"], row[f"reason_{n}_text"])
        for row in reasons_of(scored)
        for n in range(1, 5)
        if row[f"reason_{n}_code"] == "EXTERNAL_RATING"
    ]
    assert said
    assert all("Demandez au prêteur" in text or CORRECTED["fr"] in text for _, text in said)
    client, in_run = next((client, text) for client, text in said if CORRECTED["fr"] in text)
    for language in ("fr", "en"):
        found = explain(client, data=lender, bundle_folder=model.bundle.folder, language=language, settings=settings)
        (reason,) = [reason for reason in found.reasons if reason.code == "EXTERNAL_RATING"]
        assert CORRECTED[language] in reason.note
        assert not any(reason.note for reason in found.reasons if reason.code != "EXTERNAL_RATING")
        if language == "fr":
            assert reason.said == in_run
