"""The glossary explains each term once, in both languages."""

import re
from collections import Counter
from pathlib import Path

import pytest

COLUMNS = 4

WANTED = (
    "apport personnel",
    "centrale des crédits",
    "clients similaires",
    "dérogation",
    "encours",
    "médiane",
    "note externe",
    "raison principale",
    "reste à vivre",
    "réexamen humain",
    "seuil de décision",
    "stabilité d’une raison",
    "taux d’effort",
    "zone d’examen",
    "échéance",
)


@pytest.fixture(scope="module")
def rows(project: Path) -> list[list[str]]:
    """Cells of every term."""
    lines = (project / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] not in {"français", "---"}]


def test_every_term_is_said_and_explained_in_both_languages(rows: list[list[str]]) -> None:
    assert not [row for row in rows if len(row) != COLUMNS or not all(row)]
    assert not [row for row in rows if not all(text.endswith(".") for text in row[2:])]


@pytest.mark.parametrize("language", [0, 1])
def test_no_term_stands_for_two_things(rows: list[list[str]], language: int) -> None:
    terms = Counter(term.strip() for row in rows for term in re.split(r"[,(]", row[language].rstrip(")")))
    assert not [term for term, times in terms.items() if times > 1]


@pytest.mark.parametrize("term", WANTED)
def test_what_a_client_asks_about_is_explained(rows: list[list[str]], term: str) -> None:
    assert any(term in row[0] for row in rows)
