"""What a person gets who asks for their records: everything about them, readable, and nothing about anybody else."""

import dataclasses
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from garant.decisions.access import Principal, Role
from garant.decisions.record import EventKind, NewEvent, State
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.runs.subject_export import write_subject_export
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
                "Amount of the loan asked for. 1,234,567.5",
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
                "Montant du prêt demandé. 1 234 567,5",
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
