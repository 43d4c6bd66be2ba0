"""Everything that can be wrong with raw records has words on pages, in both languages."""

import re
from pathlib import Path

import pytest

import garant
from garant.dashboard.problem_words import placed, said, text_id
from garant.dashboard.typed_values import Fault
from garant.exceptions import Problem
from garant.policy import external_checks
from garant.runs.deciding import request
from garant.tables.config import TablesConfig
from garant.tables.records.form_problems import FORM
from garant.tables.records.table_rule import CONTRADICTS, ORPHAN
from garant.tables.rule_texts import Code
from garant.tables.rules import row_rules
from garant.tables.schema import TABLES
from garant.wording.catalogue import LANGUAGES, Wording, entries

ROOT = Path(garant.__file__).parent

ROW_CODES = {rule.id for name in TABLES for rule in row_rules(TablesConfig().table_schema(name))}
OWN_CODES = {f"bureau.SK_ID_CURR.{CONTRADICTS}", f"bureau_balance.SK_ID_BUREAU.{ORPHAN}"}
FORM_CODES = {f"json.{code}" for code in FORM}


def written(path: Path, pattern: str) -> set[str]:
    """Codes that a module writes out."""
    found = set(re.findall(pattern, path.read_text(encoding="utf-8")))
    assert found, path
    return found


CHECK_CODES = {
    f"external_checks.{code}" for code in written(Path(external_checks.__file__), r'_problem\([^,]+, "(\w+)"')
}
REQUEST_CODES = {f"request.{code}" for code in written(Path(request.__file__), r'"request\.(\w+)"')} | {
    f"request.{code}"
    for name in ("previews", "client_store")
    for code in written(ROOT / "runs" / "deciding" / f"{name}.py", r'"request\.(\w+client\w*)"')
}
PAGE_CODES = {f"form.{fault}" for fault in Fault} | {
    f"form.{code}"
    for name in ("application_form", "child_records", "application_draft", "applications")
    for code in written(ROOT / "dashboard" / f"{name}.py", r'(?:"form\.|_problem\(")(\w+)"')
}

CODES = ROW_CODES | OWN_CODES | FORM_CODES | CHECK_CODES | REQUEST_CODES | PAGE_CODES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_said_in_words(language: str):
    words = Wording(language)
    assert not sorted({key for code in CODES if not words.has(key := text_id(Problem("", code, "")))})


def test_every_rule_of_a_cell_is_among_them():
    assert {code.rpartition(".")[2] for code in ROW_CODES} <= set(Code)
    assert {"negative", "future", "age", "precision", "level", "conflict"} <= {
        code.rpartition(".")[2] for code in ROW_CODES
    }


def test_no_sentence_is_kept_for_what_cannot_happen():
    words = Wording("en")
    known = {text_id(Problem("", code, "")) for code in CODES} | {f"page.rule.{code}" for code in Code}
    known |= {"page.rule.other", "page.rule.at", "page.rule.row"}

    assert not {key for key in entries(words.language) if key.startswith("page.rule.")} - known


def test_a_code_without_words_is_told_in_general():
    assert said(Problem("/x", "something.new", ""), Wording("fr")) == Wording("fr").text("page.rule.other")


@pytest.mark.parametrize(
    ("pointer", "where"),
    [
        ("/bureau/3/DAYS_CREDIT", "bureau, row 4, DAYS_CREDIT: "),
        ("/bureau/3", "bureau, row 4: "),
        ("/file/bureau", "bureau: "),
        ("/bureau/99999999999999999999/X", "bureau, row 1,000,000,000, X: "),
        ("/file", ""),
        ("", ""),
    ],
)
def test_a_place_in_a_file_is_said(pointer: str, where: str):
    problem = Problem(pointer, "bureau.DAYS_CREDIT.future", "")
    assert placed(problem, Wording("en")) == where + said(problem, Wording("en"))
