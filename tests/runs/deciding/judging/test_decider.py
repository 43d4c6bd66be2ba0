"""What one application is told: what is unknown, every rule that is hit, what deserves a look; and what stops it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import pytest

from garant.decisions.record import Judgement
from garant.exceptions import BundleColumnsError, InvariantError, RecordsError
from garant.models.bundle.reading import Bundle
from garant.models.bundle.trust import Trust
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.product_cutoffs import CutoffTerms
from garant.policy.external_checks import CheckResult, ExternalCheck
from garant.policy.policy import Majority
from garant.runs.deciding import row_model
from garant.runs.deciding.bundle_config import config_of
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.online_engine import chosen_engine
from garant.runs.explain import explain
from garant.runs.train_result import TrainResult
from garant.scoring.predict import Scored
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import canonical

pytestmark = pytest.mark.xdist_group("own")

Sent = dict[str, Any]


@pytest.fixture(scope="session")
def full(records: Mapping[int, ClientRecords]) -> ClientRecords:
    """The applicant with the most rows."""
    return max(records.values(), key=lambda each: sum(map(len, each.rows.values())))


@pytest.fixture
def changed(decider: Decider, full: ClientRecords) -> Callable[[Callable[[Sent], object]], ClientRecords]:
    """Records of that applicant after a change of what was sent."""

    def make(change: Callable[[Sent], object]) -> ClientRecords:
        sent = json.loads(full.raw)
        change(sent)
        return decider.reader.read(canonical(sent))

    return make


Changed = Callable[[Callable[[Sent], object]], ClientRecords]


def as_read(value: object) -> object:
    """What a reader of JSON gets, with floats to nine digits: LightGBM and compiled code differ in the last ones."""
    return json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.9g}"))


def codes(found: Judgement) -> list[str]:
    return [rule.code for rule in found.rules]


def test_a_table_that_was_left_out_is_unknown_and_the_model_is_not_asked(decider: Decider, changed: Changed) -> None:
    found = decider.judge(changed(lambda sent: sent.pop("bureau_balance")), stopped=False)
    assert (found.outcome, found.pd, found.points, found.margin) == (Outcome.REFER, None, None, None)
    assert codes(found)[0] == "INSUFFICIENT_INFORMATION"
    assert found.rules[0].fields == ("bureau_balance",)
    assert (found.reasons, found.contributions, found.matrix, found.challenger_pd) == ((), {}, b"", None)
    assert found.cutoff == decider.content.cutoffs.terms(found.product).cutoff


def test_an_empty_list_is_a_known_absence_and_is_judged(decider: Decider, changed: Changed) -> None:
    def alone(sent: Sent) -> None:
        for name in set(sent) - {"application"}:
            sent[name] = []

    found = decider.judge(changed(alone), stopped=False)
    assert found.pd is not None
    assert "INSUFFICIENT_INFORMATION" not in codes(found)
    assert found.contributions


def test_the_stop_switch_sends_everybody_to_a_person_and_the_pd_is_still_known(
    decider: Decider, records: Mapping[int, ClientRecords]
) -> None:
    for each in records.values():
        found = decider.judge(each, stopped=True)
        assert (found.outcome, codes(found)[0]) == (Outcome.REFER, "STOPPED")
        assert found.pd == decider.judge(each, stopped=False).pd


def test_without_an_income_the_pd_decides_nothing_and_its_reasons_are_not_told(
    decider: Decider, changed: Changed
) -> None:
    found = decider.judge(changed(lambda sent: sent["application"].update(AMT_ANNUITY=None)), stopped=False)
    assert (found.outcome, codes(found)) == (Outcome.REFER, ["INSUFFICIENT_INFORMATION"])
    assert found.pd is not None
    assert (found.reasons, found.main_reason_kept) == ((), None)


def test_every_rule_that_is_hit_is_told_and_the_one_that_decides_comes_first(
    decider: Decider, changed: Changed
) -> None:
    def young_and_burdened(sent: Sent) -> None:
        sent["application"].update(DAYS_BIRTH=-7_300, AMT_INCOME_TOTAL=1_000, AMT_ANNUITY=900)

    listed = ExternalCheck(on=date(2026, 11, 28), result=CheckResult.LISTED)
    records, day = changed(young_and_burdened), date(2026, 11, 29)
    of_age_at_21 = decider.policy.model_copy(update={"majority": Majority(years=21, outcome="refuse")})
    strict = replace(decider, policy=of_age_at_21)
    found = strict.judge(records, stopped=False, checks={"national_register": listed}, today=day)
    assert codes(found)[0] == "UNDER_AGE"
    assert set(codes(found)) == {"UNDER_AGE", "DEBT_SERVICE_RATIO", "EXTERNAL_CHECK_LISTED"}
    assert found.outcome is Outcome.REFUSE
    assert all(rule.texts["fr"] != rule.texts["en"] for rule in found.rules)
    too_late = strict.judge(records, stopped=False, checks={"national_register": listed}, today=date(2027, 11, 29))
    assert "EXTERNAL_CHECK_TOO_OLD" in codes(too_late)


def test_what_deserves_a_look_is_named_and_no_value_is_repeated(
    decider: Decider, changed: Changed, full: ClientRecords
) -> None:
    assert full.rows["bureau"]

    def odd(sent: Sent) -> None:
        sent["application"].update(NAME_INCOME_TYPE="Zanzibari", segment="Zanzibari")
        sent["application"].pop("OWN_CAR_AGE", None)
        sent["application"].pop("FLAG_MOBIL", None)
        sent["bureau"] += sent["bureau"][:1]

    found = decider.judge(changed(odd), stopped=False)
    by_code = {warning.code: warning for warning in found.warnings}
    assert "application_extra_segment" in by_code["UNKNOWN_LEVELS"].fields
    assert by_code["NEW_LEVELS"].fields == ("application.NAME_INCOME_TYPE",)
    # No feature reads whether there is a mobile phone: that it was not sent deserves no look.
    assert by_code["ABSENT_COLUMNS"].fields == ("application.OWN_CAR_AGE",)
    assert by_code["DUPLICATE_ROWS"].fields == ("bureau",)
    for warning in found.warnings:
        assert set(warning.texts) == {"fr", "en"}
        assert "Zanzibari" not in str(warning)


def test_a_product_with_a_cut_off_of_its_own_is_judged_by_it(decider: Decider, full: ClientRecords) -> None:
    product = decider.judge(full, stopped=False).product
    assert product is not None
    terms = CutoffTerms(Costs(1, 3), 0.25, ReferBand(0.2, 0.3))
    content = decider.content.model_copy(update={"product_cutoffs": {product: terms}})
    other = replace(decider, bundle=replace(decider.bundle, content=content))
    found = other.judge(full, stopped=False)
    assert (found.cutoff, found.refer_band) == (0.25, (0.2, 0.3))
    assert decider.judge(full, stopped=False).cutoff == decider.content.cutoff


def test_a_judgement_says_what_it_was_made_with(decider: Decider, full: ClientRecords) -> None:
    found = decider.judge(full, stopped=False)
    assert found.digests.bundle == decider.digest
    assert found.digests.features == decider.content.feature_fingerprint
    assert found.digests.policy == decider.policy.digest
    assert (found.client, found.subject, found.raw) == (full.client, full.subject, full.raw)
    assert list(found.timings) == ["features", "model", "contributions", "policy", "reasons"]
    assert all(spent > 0 for spent in found.timings.values())
    assert np.frombuffer(found.matrix, "<f4").shape == (len(decider.content.features),)


def test_contributions_that_miss_the_margin_withhold_the_judgement(
    decider: Decider, full: ClientRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = row_model.contributions_of_few

    for wrong in (decider.bundle.booster, decider._model._members[-1]):

        def skewed(
            booster: lightgbm.Booster,
            matrix: npt.NDArray[np.float32],
            wrong: lightgbm.Booster = wrong,
        ) -> npt.NDArray[np.float64]:
            return right(booster, matrix) + (1e-8 if booster is wrong else 0.0)

        monkeypatch.setattr(row_model, "contributions_of_few", skewed)
        with pytest.raises(InvariantError, match="miss the margin"):
            decider.judge(full, stopped=False)
    monkeypatch.setattr(row_model, "contributions_of_few", right)
    assert decider.judge(full, stopped=False).pd is not None


@pytest.mark.parametrize("pd", [np.nan, -0.01, 1.5])
def test_a_pd_that_is_no_probability_gives_no_judgement(
    decider: Decider, full: ClientRecords, monkeypatch: pytest.MonkeyPatch, pd: float
) -> None:
    right = row_model.predict

    def broken(bundle: Bundle, matrix: npt.NDArray[np.float32]) -> Scored:
        return replace(right(bundle, matrix), pd=np.array([pd]))

    monkeypatch.setattr(row_model, "predict", broken)
    for stopped in (False, True):
        with pytest.raises(InvariantError, match="no proposal"):
            decider.judge(full, stopped=stopped)


def test_the_engine_follows_from_the_bundles_proof(decider: Decider) -> None:
    content = decider.content
    proof = content.online
    assert proof is not None
    assert chosen_engine(content, sqlite=proof.sqlite).name == "sqlite"
    major, minor, patch = proof.sqlite.split(".")
    assert chosen_engine(content, sqlite=f"{major}.{minor}.{int(patch) + 1}").name == "sqlite"
    other = chosen_engine(content, sqlite=f"{major}.{int(minor) + 1}.{patch}")
    assert (other.name, proof.sqlite in other.reason) == ("duckdb", True)
    unequal = content.model_copy(update={"online": proof.model_copy(update={"differing": 2})})
    assert chosen_engine(unequal, sqlite=proof.sqlite).name == "duckdb"
    assert "2 of" in chosen_engine(unequal, sqlite=proof.sqlite).reason
    unknown = content.model_copy(update={"online": None})
    assert chosen_engine(unknown, sqlite=proof.sqlite).name == "duckdb"
    assert (decider.engine, decider.engine_reason) == ("sqlite", chosen_engine(content).reason)


def test_a_bundle_knows_the_lenders_columns_scores_and_money(decider: Decider, accepted: AcceptedTables) -> None:
    known, declared = config_of(decider.content), accepted.config
    assert known.money == declared.money
    assert known.label == declared.label
    assert set(known.extra) < set(declared.extra)
    assert all(known.extra[name] == declared.extra[name] for name in known.extra)
    assert known.external_scores["EXT_SOURCE_2"] == declared.external_scores["EXT_SOURCE_2"]


def test_a_data_folder_that_declares_a_column_otherwise_is_refused(
    model: TrainResult, accepted: AcceptedTables, settings: Settings, trust: Trust
) -> None:
    told = accepted.config.model_dump(exclude_unset=True)
    told["extra"]["MonthsAsCustomer"]["type"] = "count"
    with pytest.raises(BundleColumnsError, match="MonthsAsCustomer"):
        Decider.open(model.bundle, config=TablesConfig.model_validate(told), settings=settings, trust=trust)


def test_an_explanation_is_that_of_garant_explain_with_every_contribution(
    decider: Decider, records: Mapping[int, ClientRecords], model: TrainResult, settings: Settings, lender: Path
) -> None:
    refused = [each for each in records.values() if decider.judge(each, stopped=False).outcome is Outcome.REFUSE]
    for each in refused[:2]:
        found = decider.explain(each, language="fr")
        told = explain(each.client, data=lender, bundle_folder=model.bundle.folder, language="fr", settings=settings)
        own = {name: value for name, value in found.items() if name != "contributions"}
        assert as_read(own) == as_read(told.to_dict())
        assert told.counterfactuals is not None
        effects = [entry["effect"] for entry in found["contributions"]]
        assert len(effects) == len(decider.content.features)
        assert sum(effects) + found["base_value"] == pytest.approx(found["margin"], abs=1e-9)
        assert effects == sorted(effects, key=abs, reverse=True)
        assert all(entry["label"] for entry in found["contributions"])


def test_a_what_if_is_told_and_a_move_that_is_none_is_a_problem_that_repeats_nothing(
    decider: Decider, full: ClientRecords
) -> None:
    found = decider.explain(full, language="en", moves=["income=60000"])
    assert found["what_if"] is not None
    assert found["counterfactuals"] is None
    with pytest.raises(RecordsError) as error:
        decider.explain(full, language="en", moves=["zanzibar=12345"])
    assert [problem.pointer for problem in error.value.problems] == ["/moves/0"]
    assert "zanzibar" not in str(error.value)


def test_what_is_unknown_cannot_be_explained(decider: Decider, changed: Changed) -> None:
    with pytest.raises(RecordsError) as error:
        decider.explain(changed(lambda sent: sent.pop("bureau_balance")), language="en")
    assert [problem.pointer for problem in error.value.problems] == ["/bureau_balance"]


def test_the_adviser_is_warned_of_an_uncertain_main_reason_where_the_model_decides(
    decider: Decider, records: Mapping[int, ClientRecords]
) -> None:
    warned = 0
    for each in records.values():
        found = decider.judge(each, stopped=False)
        codes_of = [warning.code for warning in found.warnings]
        by_pd = found.pd is not None and (
            (found.outcome is Outcome.REFUSE and found.pd >= found.refer_band[1])
            or (found.outcome is Outcome.REFER and found.refer_band[0] <= found.pd < found.refer_band[1])
        )
        kept = found.main_reason_kept
        expected = bool(by_pd and found.reasons and kept is not None and kept < 2 / 3)
        assert ("MAIN_REASON_UNCERTAIN" in codes_of) is expected
        warned += expected
        stopped = decider.judge(each, stopped=True)
        assert "MAIN_REASON_UNCERTAIN" not in [warning.code for warning in stopped.warnings]
    assert warned > 0


def test_an_explanation_tells_every_rule_that_a_decision_tells(
    decider: Decider, records: Mapping[int, ClientRecords]
) -> None:
    told = 0
    for each in list(records.values())[:20]:
        found = decider.judge(each, stopped=False)
        if not found.rules:
            continue
        said = decider.explain(each, language="fr")["rules"]
        assert [(rule["code"], rule["text"]) for rule in said] == [(r.code, r.texts["fr"]) for r in found.rules]
        told += 1
        if told == 3:
            break
    assert told > 0


def test_what_the_pd_is_of_stands_in_the_judgement_as_the_bundle_says_it(decider: Decider, full: ClientRecords) -> None:
    found = decider.judge(full, stopped=False)
    assert found.label == {language: decider.content.label.text(language) for language in ("fr", "en")}
