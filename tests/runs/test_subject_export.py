"""What a person gets who asks for their records: everything about them, readable, and nothing about anybody else."""

import dataclasses
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from garant.decisions.access import Principal, Role
from garant.decisions.export import SubjectExport
from garant.decisions.record import Decision, EventKind, Language, NewEvent, State
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.runs.subject_application import read_columns
from garant.runs.subject_export import write_subject_export
from garant.runs.subject_page import subject_page
from garant.wording.catalogue import Wording
from store_records import judgement, new_decision, now, record

ME, OTHER = "ME-4711", "SOMEBODY-ELSE"
RAW = {
    "application": {
        "SK_ID_CURR": 100_001,
        "AMT_CREDIT": 1234567.5,
        "NAME_CONTRACT_TYPE": "Cash loans",
        "OWN_CAR_AGE": None,
        "OWN_COLUMN": "<script>alert(1)</script>",
    },
    "bureau": [{"SK_ID_BUREAU": 1}, {"SK_ID_BUREAU": 2}],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    """A store with two decisions about one person, of which the second was confirmed, contested and reviewed."""
    master = MasterKey.new(tmp_path / "master.key")
    with RecordStore.open(f"sqlite:///{tmp_path / 'records.db'}", master, serving=True) as opened:
        mine = judgement(ME, raw=json.dumps(RAW).encode())
        first = new_decision(judgement=mine)
        second = dataclasses.replace(new_decision(judgement=mine), supersedes=first.id)
        record(opened, first)
        record(opened, second, new_decision(OTHER))
        said = {
            EventKind.CONFIRMED: ({"person": "Ann Bell", "outcome": "refuse", "ground": "agrees"}, State.FINAL),
            EventKind.CONTESTED: ({"statement": "I paid everything & on time."}, State.CONTESTED),
            EventKind.REVIEWED: ({"outcome": "accept", "comment": "The register was out of date."}, State.REVIEWED),
        }
        for number, (kind, (content, state)) in enumerate(said.items()):
            event = NewEvent(decision=second.id, kind=kind, at=now(), actor="key-2", state=state, content=content)
            opened.add(event, after=number)
        looker = Principal(id="key-2", role=Role.AUDITOR, owner="paris")
        opened.saw(looker, "decisions_of", subject=ME)
        opened.saw(looker, "preview", subject=OTHER)
        yield opened


@pytest.fixture
def parts(store: RecordStore, tmp_path: Path) -> dict[str, str]:
    """Files of the archive."""
    write_subject_export(tmp_path / "mine.zip", store.export(ME), made_on=date(2026, 11, 29))
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_the_json_holds_every_decision_with_its_records_and_what_happened(parts: dict[str, str]) -> None:
    found = json.loads(parts["records.json"])

    assert found["subject"] == ME
    assert [each["records"] for each in found["decisions"]] == [RAW, RAW]
    assert [event["kind"] for event in found["decisions"][1]["events"]] == ["confirmed", "contested", "reviewed"]
    assert found["decisions"][0]["superseded_by"] == found["decisions"][1]["id"]
    assert found["decisions"][0]["second_model"]["used"] is False
    assert found["accesses"] == [{**found["accesses"][0], "role": "auditor", "what": "decisions_of", "times": 1}]


def test_nothing_of_anybody_else_is_in_it(parts: dict[str, str]) -> None:
    whole = "\n".join(parts.values())

    assert OTHER not in whole
    assert "Ann Bell" not in whole
    assert "key-2" not in whole


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "page.en.html",
            [
                f"What is recorded about you: {ME}",
                "What the system proposed: refusal.",
                "1. RULE-CANARY",
                "2. REASON-CANARY (you can act on it) Ask for it.",
                "a person of the lender decided: refusal.",
                "you contested in these words: “I paid everything &amp; on time.”",
                "decided: approval. “The register was out of date.”",
                "What counts: approval.",
                "No person has decided yet.",
                "It was not used to decide.",
                "Amount of the loan asked for 1,234,567.5",
                "Credits with other lenders, as the credit bureau reports them. 2",
            ],
        ),
        (
            "page.fr.html",
            [
                f"Ce qui est enregistré à votre sujet : {ME}",
                "Ce que le système a proposé : refus.",
                "1. Règle",
                "vous avez contesté en ces termes",
                "Ce qui vaut : accord.",
                "Elle n’a pas servi à décider.",
                "Montant du prêt demandé 1 234 567,5",
            ],
        ),
    ],
)
def test_the_page_says_it_in_plain_words(parts: dict[str, str], name: str, expected: list[str]) -> None:
    shown = text_of(parts[name]).replace("\u00a0", " ").replace("\u202f", " ")

    assert not [sentence for sentence in expected if sentence not in shown]


@pytest.mark.parametrize("name", ["page.en.html", "page.fr.html"])
def test_the_page_has_no_jargon_no_feature_no_script_and_no_address(parts: dict[str, str], name: str) -> None:
    page = parts[name]

    assert not re.search(r"(?i:log-?odds|shap)|late_days_max|contribution|-1\.09|0\.25|\bPD\b", text_of(page))
    assert not re.search(r"<script|https?://|src=", page)
    assert "&lt;script&gt;" in page


def test_the_file_is_readable_by_its_owner_alone_and_the_same_each_time(store: RecordStore, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_subject_export(tmp_path / name, store.export(ME), made_on=date(2026, 11, 29))

    assert stat.S_IMODE((tmp_path / "one.zip").stat().st_mode) == 0o600
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_somebody_of_whom_nothing_is_known_gets_a_page_that_says_so(store: RecordStore, tmp_path: Path) -> None:
    write_subject_export(tmp_path / "none.zip", store.export("NOBODY"), made_on=date(2026, 11, 29))

    with zipfile.ZipFile(tmp_path / "none.zip") as archive:
        assert "No decision is recorded." in archive.read("page.en.html").decode()
        assert json.loads(archive.read("records.json"))["decisions"] == []


def test_the_pages_of_an_erased_person_have_no_decision(store: RecordStore, tmp_path: Path) -> None:
    store.erase(ME, reason="asked", actor="key-2")
    write_subject_export(tmp_path / "gone.zip", store.export(ME), made_on=date(2026, 11, 29))

    with zipfile.ZipFile(tmp_path / "gone.zip") as archive:
        assert "REASON-CANARY" not in archive.read("page.en.html").decode()


FACTS = {
    "SK_ID_CURR": 100_001,
    "NAME_CONTRACT_TYPE": "Cash loans",
    "CODE_GENDER": "F",
    "FLAG_OWN_CAR": "N",
    "CNT_CHILDREN": 2,
    "AMT_INCOME_TOTAL": 202_500.0,
    "NAME_FAMILY_STATUS": "Married",
    "REGION_RATING_CLIENT": 2,
    "DAYS_BIRTH": -19_203,
    "DAYS_EMPLOYED": 365_243,
    "FLAG_PHONE": 1,
    "WEEKDAY_APPR_PROCESS_START": "THURSDAY",
    "FLAG_DOCUMENT_3": 1,
    "FLAG_DOCUMENT_6": 0,
    "FLAG_DOCUMENT_8": 1,
    "DEF_30_CNT_SOCIAL_CIRCLE": 1,
    "OWN_COLUMN": 7,
    "MONTHS_HERE": 31,
}


def page_of(*decisions: Decision, language: Language) -> str:
    """Text of the page of these decisions."""
    found = SubjectExport(subject=ME, decisions=decisions, accesses={})
    page = subject_page(found, language=language, made_on=date(2026, 11, 29), file="records.json")
    return text_of(page).replace("\u00a0", " ").replace("\u202f", " ")


def decision(tail: str, **changed: Any) -> Decision:  # noqa: ANN401 - any field of a judgement
    """A recorded decision about `FACTS`."""
    raw = json.dumps({"application": FACTS, "bureau": []}).encode()
    made = new_decision(judgement=judgement(ME, **{"raw": raw, **changed}))
    return Decision(
        id=f"0198f2c4-6f1e-7c33-9d0a-{tail:0>12}",
        at=datetime(2026, 11, 30, 9, 5, tzinfo=UTC),
        state=made.state,
        mode=made.mode,
        legal_basis=None,
        owner=made.owner,
        actor=made.actor,
        notice_id=made.notice_id,
        supersedes=None,
        superseded_by=None,
        digests=made.judgement.digests,
        judgement=made.judgement,
        events=(),
    )


def test_approval_ends_where_the_band_begins_and_without_a_band_at_the_cut_off() -> None:
    banded = page_of(decision("1", cutoff=0.0909, refer_band=(0.0637, 0.1281)), language="en")
    single = page_of(decision("1", cutoff=0.0909, refer_band=(0.0909, 0.0909)), language="en")

    assert "Approval ends at 6.37%" in banded
    assert "between 6.37% and 12.81%" in banded
    assert "9.09%" not in banded
    assert "Approval ends at 9.09%" in single
    assert "A person decides when" not in single


@pytest.mark.parametrize(
    ("language", "read", "kept", "own"),
    [
        (
            "en",
            "that the model or the rules read",
            "sent and kept, and not used to decide",
            "Further facts that the lender sent",
        ),
        ("fr", "que le modèle ou les règles lisent", "n’ont pas servi à décider", "Autres données transmises par"),
    ],
)
def test_what_neither_model_nor_rules_read_is_not_said_to_be_judged(
    language: Language, read: str, kept: str, own: str
) -> None:
    contributions = {"application_own_car": 0.1, "application_extra_months_here": 0.2}

    shown = page_of(decision("1", contributions=contributions), language=language)

    words = Wording(language)
    start, middle, end = shown.index(read), shown.index(kept), shown.index(own)
    name = {
        column: words.text(f"column.application.{column}").replace("\u00a0", " ").partition(";")[0].rstrip(" .")
        for column in FACTS
        if words.has(f"column.application.{column}")
    }
    for column in ("AMT_INCOME_TOTAL", "DAYS_BIRTH", "NAME_CONTRACT_TYPE", "FLAG_OWN_CAR"):
        assert name[column] in shown[start:middle]
    for column in ("CODE_GENDER", "CNT_CHILDREN", "NAME_FAMILY_STATUS", "REGION_RATING_CLIENT", "FLAG_PHONE"):
        assert name[column] in shown[middle:end]
        assert name[column] not in shown[start:middle]
    assert "MONTHS_HERE 31" in shown[start:middle]
    assert "OWN_COLUMN 7" in shown[end:]


def test_features_of_another_version_stand_for_all_that_the_default_profile_may_read() -> None:
    found = read_columns(judgement(ME, contributions={"gone_since": 0.1}))

    assert {"EXT_SOURCE_1", "AMT_CREDIT"} <= found
    assert not found & {"CODE_GENDER", "CNT_CHILDREN", "NAME_FAMILY_STATUS", "DEF_30_CNT_SOCIAL_CIRCLE"}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            ["52.6 years before the application", "Thursday", "Whether the applicant owns a car no", "handed in 3, 8"],
        ),
        ("fr", ["52,6 ans avant la demande", "jeudi", "possède une voiture non", "ont été remis 3, 8", "femme"]),
    ],
)
def test_values_are_said_as_a_person_would(language: Language, expected: list[str]) -> None:
    shown = page_of(decision("1"), language=language)

    assert not [text for text in expected if text not in shown]
    assert not [text for text in ("19,203", "19 203", "365,243", "365 243", "THURSDAY") if text in shown]
    assert not [text for text in ("per month or per year", "par mois ou par an", "public") if text in shown]


def test_decisions_of_one_day_are_told_apart_and_the_same_application_is_shown_once() -> None:
    other = json.dumps({"application": {**FACTS, "CNT_CHILDREN": 3}}).encode()

    shown = page_of(decision("aaaa"), decision("bbbb"), decision("cccc", raw=other), language="en")

    assert shown.count("The facts of the application are the same as below") == 1
    assert shown.count("Facts of your application that the model or the rules read") == 2
    for tail in ("…0000aaaa", "…0000bbbb", "…0000cccc"):
        assert f"Decision of 30 November 2026, 09:05 UTC ({tail})" in shown
