"""A service with a real bundle, opened as the commands open it: from raw records to a recorded decision."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import BundleError, InvariantError, KeyFileError, RecordsError, StoreError, UsageError
from garant.keys import MasterKey
from garant.models.bundle.importance import gain_shares
from garant.runs.deciding.opening import open_decider, open_service
from garant.runs.deciding.service import DecisionService
from garant.runs.explain import explain
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from service_parts import ADVISER, RISK

pytestmark = pytest.mark.xdist_group("own")


@pytest.fixture(scope="module")
def at_home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with keys and a record store of their own."""
    folder = tmp_path_factory.mktemp("service")
    return settings.model_copy(
        update={"master_key": folder / "master.key", "store_url": f"sqlite:///{folder / 'records.db'}"}
    )


@pytest.fixture(scope="module")
def served(model: TrainResult, lender: Path, at_home: Settings) -> Iterator[DecisionService]:
    """A service with the model and the clients of the small lender."""
    with open_service(at_home, bundle=model.bundle.folder, data=lender) as service:
        yield service


def decide(service: DecisionService, value: dict[str, Any], key: str) -> dict[str, Any]:
    """Decide and read the answer."""
    return json.loads(service.decide(ADVISER, json.dumps(value).encode(), key=key, language="en").body)


def test_a_client_gets_the_pd_and_outcome_of_every_other_path(
    served: DecisionService, client: int, lender: Path, model: TrainResult, at_home: Settings
) -> None:
    answer = decide(served, {"client": client}, "pd")
    expected = explain(client, data=lender, bundle_folder=model.bundle.folder, language="en", settings=at_home)
    assert answer["pd"] == pytest.approx(expected.pd, abs=1e-12)
    assert answer["points"] == pytest.approx(expected.points, abs=1e-9)
    assert (answer["outcome"], answer["cutoff"]) == (expected.outcome, expected.cutoff)
    assert [reason["text"] for reason in answer["reasons"]] == [reason.text for reason in expected.reasons]
    assert answer["digests"]["bundle"] == served.decider.digest


def test_a_left_out_table_is_referred_and_an_empty_one_is_judged(
    served: DecisionService, records: dict[str, Any]
) -> None:
    without = {name: rows for name, rows in records.items() if name not in {"bureau", "bureau_balance"}}
    unknown = decide(served, without, "unknown")
    assert (unknown["outcome"], unknown["pd"]) == ("refer", None)
    assert [rule["code"] for rule in unknown["rules"]] == ["INSUFFICIENT_INFORMATION"]
    known = decide(served, {**without, "bureau": [], "bureau_balance": []}, "known")
    assert known["pd"] is not None


def test_preview_and_explanation_are_json_and_the_what_if_is_there(
    served: DecisionService, records: dict[str, Any]
) -> None:
    body = json.dumps(records).encode()
    explained = served.explanation(ADVISER, body, language="fr")
    assert json.loads(json.dumps(explained, allow_nan=False)) is not None
    assert explained["base_value"] + sum(explained["contributions"].values()) == pytest.approx(
        explained["margin"], abs=1e-9
    )
    assert {"counterfactuals", "comparison", "effects", "outcome"} <= set(explained)
    moved = json.dumps({**records, "moves": ["income=200000"]}).encode()
    preview = served.preview(ADVISER, moved, language="en")
    assert json.loads(json.dumps(preview, allow_nan=False))["what_if"]["moves"] == ["income=200000"]


def test_a_move_that_is_none_is_a_problem_and_not_an_answer(served: DecisionService, records: dict[str, Any]) -> None:
    with pytest.raises(RecordsError):
        served.preview(ADVISER, json.dumps({**records, "moves": ["richer=1"]}).encode(), language="en")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_card_says_what_the_bundle_says_and_invents_nothing(served: DecisionService, language: Any) -> None:  # noqa: ANN401
    card = json.loads(json.dumps(served.model(RISK, language=language), allow_nan=False))
    content = served.decider.content
    assert card["bundle"] == served.decider.digest
    assert card["cutoff"] == content.cutoff
    assert card["label"]["text"] == content.label.text(language)
    assert card["metrics"]["out_of_fold"]["auc"]["value"] == content.metrics.out_of_fold["auc"].value
    shares = gain_shares(served.decider.bundle)
    assert {each["feature"]: each["share"] for each in card["importance"]} == {n: s.share for n, s in shares.items()}
    assert [each["rank"] for each in card["importance"]] == sorted(each["rank"] for each in card["importance"])
    assert sum(each["share"] for each in card["importance"]) == pytest.approx(1.0)
    fast = {"fr": "Entraîné pour un premier aperçu", "en": "Made for a quick look"}[language]
    assert card["limits"][0].startswith(fast)


def test_a_bundle_taken_while_serving_decides_from_the_next_request_on(
    served: DecisionService, short: TrainResult, at_home: Settings, client: int
) -> None:
    first = decide(served, {"client": client}, "before the swap")
    other = open_decider(short.bundle.folder, at_home, config=served.decider.config)
    before = served.use(other)
    try:
        second = decide(served, {"client": client}, "after the swap")
    finally:
        served.use(before)
    assert first["digests"]["bundle"] == before.digest
    assert second["digests"]["bundle"] == other.digest != before.digest
    assert first["digests"]["features"] != second["digests"]["features"]
    other.close()


def test_contributions_that_do_not_add_up_never_become_an_answer(
    served: DecisionService, client: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garant.runs.deciding import row_model

    def refuse(*_: object, **__: object) -> None:
        raise InvariantError("planted")

    monkeypatch.setattr(row_model, "check_additive", refuse)
    with pytest.raises(InvariantError, match="planted"):
        decide(served, {"client": client}, "planted")
    monkeypatch.undo()
    assert decide(served, {"client": client}, "planted")["pd"] is not None


def test_a_required_check_decides_and_an_explanation_speaks_of_facts(
    served: DecisionService, at_home: Settings, records: dict[str, Any], tmp_path: Path
) -> None:
    shipped = files("garant.policy").joinpath("default.toml").read_text(encoding="utf-8")
    (tmp_path / "policy.toml").write_text(shipped.replace("required = false", "required = true"), encoding="utf-8")
    own = at_home.model_copy(update={"policy_file": tmp_path / "policy.toml"})
    strict = open_decider(served.decider.bundle.folder, own, config=served.decider.config)
    usual = served.preview(ADVISER, json.dumps(records).encode(), language="en")["outcome"]
    checks = {"national_register": {"date": datetime.now(UTC).date().isoformat(), "result": "clear"}}
    before = served.use(strict)
    try:
        without = served.preview(ADVISER, json.dumps(records).encode(), language="en")
        body = json.dumps({**records, "external_checks": checks}).encode()
        checked = served.explanation(ADVISER, body, language="en")
    finally:
        served.use(before)
        strict.close()
    assert (without["outcome"], without["rules"][0]["code"]) == ("refer", "EXTERNAL_CHECK_MISSING")
    assert without["pd"] == checked["pd"]
    assert checked["outcome"] == usual
    assert checked["policy_rule"] != "EXTERNAL_CHECK_MISSING"


# ---------------------------------------------------------------------- refused starts


def test_a_bundle_that_was_altered_does_not_serve(model: TrainResult, at_home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(model.bundle.folder, folder)
    text = (folder / "model.txt").read_text(encoding="utf-8")
    (folder / "model.txt").write_text(text.replace("leaf_value=", "leaf_value=0", 1), encoding="utf-8")
    own = at_home.model_copy(update={"store_url": f"sqlite:///{tmp_path / 'r.db'}"})
    with pytest.raises(BundleError), open_service(own, bundle=folder):
        pass


def test_a_service_for_others_needs_a_master_key_and_a_trusted_signature(
    model: TrainResult, at_home: Settings, tmp_path: Path
) -> None:
    own = at_home.model_copy(
        update={"master_key": tmp_path / "none.key", "store_url": f"sqlite:///{tmp_path / 'r.db'}"}
    )
    with pytest.raises(KeyFileError), open_service(own, bundle=model.bundle.folder, local=False):
        pass
    assert not (tmp_path / "none.key").exists()
    MasterKey.new(tmp_path / "own.key")
    own = own.model_copy(update={"master_key": tmp_path / "own.key"})
    with (
        pytest.raises(BundleError, match="development key"),
        open_service(own, bundle=model.bundle.folder, local=False),
    ):
        pass


def test_automated_decisions_without_a_legal_basis_do_not_start(model: TrainResult, at_home: Settings) -> None:
    own = at_home.model_copy(update={"decision_mode": "automated"})
    with pytest.raises(UsageError, match="legal_basis"), open_service(own, bundle=model.bundle.folder):
        pass


def test_a_second_service_on_the_same_file_does_not_start(
    served: DecisionService, model: TrainResult, at_home: Settings
) -> None:
    assert served.ready()["store"] == "ok"
    with pytest.raises(StoreError), open_service(at_home, bundle=model.bundle.folder):
        pass
