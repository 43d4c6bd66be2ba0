"""Two bundles compared through the command line: people, money and groups add up, and both languages read well."""

import csv
import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from garant.wording.catalogue import Wording

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]

Compared = dict[str, Any]
"""The JSON of a comparison."""


@pytest.fixture(scope="module")
def stricter(garant: Garant, model: Path) -> Path:
    """The same model with dearer defaults: every change comes from the cut-off."""
    out = model.parent / "model-1-20"
    said = garant("bundle", "recut", model, "--costs", "1:20", "--out", out)
    assert said.code == 0, said.err
    return out


@pytest.fixture(scope="module")
def compared(garant: Garant, model: Path, stricter: Path, lender: Path) -> Compared:
    """The comparison as JSON."""
    said = garant("bundle", "compare", model, stricter, "--data", lender, "--output", "json")
    assert said.code == 0, said.err
    return said.json


def test_people_add_up_to_the_run_that_scored_them(compared: Compared, run: dict[str, Any]) -> None:
    by_a = {word: sum(f["applicants"] for f in compared["flows"] if f["a"] == word) for word in run["outcomes"]}
    assert by_a == run["outcomes"]
    assert sum(by_a.values()) == compared["applicants"]


def test_a_recut_changes_people_by_the_cutoff_alone_and_lets_nobody_off(compared: Compared) -> None:
    assert compared["changed"] == compared["changed_by_cutoff_alone"] > 0
    order = ["accept", "refer", "refuse"]
    milder = [f for f in compared["flows"] if order.index(f["b"]) < order.index(f["a"])]
    assert sum(flow["applicants"] for flow in milder) == 0
    assert all(family["stricter"] == 0 for family in compared["families"])
    assert sum(reason["stricter"] for reason in compared["reasons"]) == compared["changed"]


def test_groups_of_every_attribute_hold_everybody_and_agree_with_the_flows(compared: Compared) -> None:
    accepted = compared["books"]["b"]["applicants"]["accept"]
    by_attribute: dict[str, list[dict[str, Any]]] = {}
    for group in compared["groups"]:
        by_attribute.setdefault(group["attribute"], []).append(group)
    assert set(by_attribute) >= {"sex", "age", "family_status", "region", "education"}
    for groups in by_attribute.values():
        assert sum(group["applicants"] for group in groups) == compared["applicants"]
        assert sum(group["accepted_b"] for group in groups) == accepted
        assert all(g["accepted_b"] - g["accepted_a"] == g["only_b"] - g["only_a"] for g in groups)


def test_page_and_list_name_what_the_terminal_says(
    garant: Garant,
    model: Path,
    stricter: Path,
    lender: Path,
    compared: Compared,
    tmp_path: Path,
) -> None:
    page, changes = tmp_path / "compare.html", tmp_path / "changes.csv"
    said = garant(
        *("bundle", "compare", model, stricter, "--data", lender, "--lang", "fr"),
        *("--report", page, "--changes", changes),
    )
    assert said.code == 0, said.err
    assert "entraîné sur ces demandes" in said.err
    html = page.read_text(encoding="utf-8")
    for word in ("Comparaison de deux modèles", "Personnes", "Argent", "Motifs", "Groupes"):
        assert word in html
    assert f"{lender} – empreinte {compared['data'][:12]}" in html
    assert Wording("fr").date(datetime.now(UTC).date()) in html
    assert stat.S_IMODE(changes.stat().st_mode) == 0o600, "rows of persons"
    assert not re.search(r"https?://", html)
    rows = list(csv.DictReader(changes.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == compared["changed"]
    assert all(row["outcome_a"] != row["outcome_b"] for row in rows)


def test_the_list_may_be_parquet_and_nothing_else(
    garant: Garant,
    model: Path,
    stricter: Path,
    lender: Path,
    compared: Compared,
    tmp_path: Path,
) -> None:
    command = ("bundle", "compare", model, stricter, "--data", lender, "--changes")
    assert garant(*command, tmp_path / "changes.parquet").code == 0
    assert pq.read_metadata(tmp_path / "changes.parquet").num_rows == compared["changed"]
    refused = garant(*command, tmp_path / "changes.xlsx")
    assert refused.code == 2
    assert ".csv or .parquet" in refused.err
