"""Rules are data: complete, bilingual, and each has its place in the docs."""

import string
from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.tables.file_texts import FILE_TEXTS
from garant.tables.rule_texts import ROW_TEXTS, WARNING_TEXTS, Code, Text
from garant.tables.rules import Severity, refuse, row_rules, rule_of
from garant.tables.schema import TABLES

TEXTS: dict[str, Text] = {
    **{str(code): text for code, text in ROW_TEXTS.items()},
    **FILE_TEXTS,
    **WARNING_TEXTS,
}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", TEXTS)
def test_every_rule_says_the_same_in_both_languages(name: str):
    text = TEXTS[name]
    assert fields(text.en) == fields(text.fr)
    assert fields(text.remedy_en) == fields(text.remedy_fr)
    assert text.en != text.fr
    assert text.remedy_en != text.remedy_fr


def test_every_row_code_has_a_text():
    assert set(ROW_TEXTS) == set(Code)


def test_rule_ids_are_unique_and_lead_back_to_their_rule():
    rules = [rule for schema in TABLES.values() for rule in row_rules(schema)]
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule_of(rule.id) == rule for rule in rules)
    assert "bureau.DAYS_CREDIT.empty" in {rule.id for rule in rules}
    ids = {rule.id for rule in rules}
    assert "application.SK_ID_CURR.conflict" in ids
    assert {"bureau_balance.STATUS.level", "bureau_balance.STATUS.empty", "bureau_balance.SK_ID_BUREAU.conflict"} <= ids
    assert {"application.DAYS_BIRTH.age", "application.DAYS_BIRTH.future"} <= ids
    assert "application.AMT_CREDIT.negative" in ids
    assert "bureau.AMT_CREDIT_SUM_DEBT.negative" not in ids


def test_every_contract_table_is_held_to_one_owner():
    ids = {rule.id for schema in TABLES.values() for rule in row_rules(schema) if rule.id.endswith(".owner")}
    assert ids == {
        "previous_application.SK_ID_PREV.owner",
        "POS_CASH_balance.SK_ID_PREV.owner",
        "installments_payments.SK_ID_PREV.owner",
        "credit_card_balance.SK_ID_PREV.owner",
    }


def test_severities_follow_from_the_id():
    assert rule_of("file.open_quote").severity is Severity.FILE
    assert rule_of("warning.extra_columns").severity is Severity.WARNING
    assert rule_of("bureau.row.fields").severity is Severity.ROW
    for unknown in ("file.nothing", "bureau.DAYS_CREDIT.nothing", "warning.nothing"):
        with pytest.raises(KeyError):
            rule_of(unknown)


def test_a_refusal_says_where_what_and_what_to_do():
    with pytest.raises(TableError) as caught:
        refuse("open_quote", "bureau.csv", line=7)
    assert str(caught.value) == (
        "bureau.csv: line 7: a quote mark opens a cell here and is not closed in its place. "
        "Close it, or double the quote marks inside the cell."
    )


def test_the_docs_name_every_rule(project: Path):
    page = (project / "docs" / "tables.md").read_text(encoding="utf-8")
    missing = [name for name in TEXTS if f"`{name}`" not in page]
    assert not missing
