"""The page of a check says what was found, or why all is refused, to everybody and without a network."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from garant.exceptions import ReconciliationError, TableError
from garant.reports.check_report import bars, render, render_refusal, visible, write_check_report, write_refusal
from garant.tables.report import AcceptanceReport, Example, FileCount, RuleCount, Warned
from garant.tables.rules import refuse
from garant.wording.catalogue import Wording

FR, EN = Wording("fr"), Wording("en")


def counted(table: str, rows: int, *, orphans: int = 0, quarantined: int = 0) -> FileCount:
    accepted = rows - orphans - quarantined
    return FileCount(table, f"{table}.csv", 1_234_567, "0123456789abcdef" * 4, rows, accepted, orphans, quarantined)


REPORT = AcceptanceReport(
    purpose="train",
    files=(
        counted("application", 1_069),
        counted("bureau", 20_000, quarantined=1),
        counted("bureau_balance", 5_000, orphans=1_500),
        counted("credit_card_balance", 0),
    ),
    rules=(
        RuleCount(
            rule="bureau.AMT_CREDIT_SUM.type",
            rows=1,
            en="a value that is not of the column's type",
            fr="une valeur qui n'est pas du type de la colonne",
            remedy_en="Correct the cell at its source.",
            remedy_fr="Corriger la cellule à la source.",
            examples=(
                Example("bureau.csv", 12_345, "AMT_CREDIT_SUM", "<script>6\u00a0948</script>" + "\u202e" + "9" * 300),
                Example("bureau.csv", 12_346, "AMT_CREDIT_SUM", None),
            ),
        ),
        RuleCount("bureau.row.fields", 1, "more", "plus", "Quote.", "Citer.", (Example("bureau.csv", 7, "row", None),)),
    ),
    warnings=(Warned("warning.extra_columns", "bureau", "1 <b>column</b>.", "1 <b>colonne</b>."),),
    ignored=("notes & thoughts.docx",),
    without=("POS_CASH_balance", "installments_payments"),
)


@pytest.fixture(scope="module")
def english() -> str:
    return render(REPORT, EN, folder="a <data> folder", losing=(3, 120))


@pytest.fixture(scope="module")
def french() -> str:
    return render(REPORT, FR, folder="data", losing=(1, 120))


def said(html: str) -> str:
    """Text of a page without its marks, spaces folded."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return re.sub(r"[ \n]+", " ", text)


@pytest.mark.parametrize("page", ["english", "french"])
def test_the_page_asks_nothing_of_a_network_and_runs_nothing(page: str, request: pytest.FixtureRequest):
    html = request.getfixturevalue(page)
    assert not re.search(r"https?:|xmlns|url\(|@import|<link|<script|<b>|<iframe|javascript:|\son\w+=", html)
    assert f'<html lang="{page[:2]}">' in html


def test_the_verdict_is_one_sentence_with_all_counts(english: str, french: str):
    assert "26,069 rows were read (accepted: 24,568, orphans: 1,500, in quarantine: 1)." in said(english)
    assert "(acceptées\u00a0: 24\u202f568, orphelines\u00a0: 1\u202f500, en quarantaine\u00a0: 1)." in said(french)
    whole = replace(REPORT, files=(counted("application", 1_069),), rules=())
    assert "1,069 rows were read; all are accepted." in said(render(whole, EN, folder="data"))


def test_a_file_has_its_counts_its_size_and_its_whole_digest_as_title(english: str):
    assert "bureau.csv 20,000 19,999 0 1 1,234,567 0123456789ab" in said(english)
    assert f'title="{"0123456789abcdef" * 4}"' in english


def test_a_small_part_is_never_shown_as_nothing_nor_the_rest_as_the_whole(english: str):
    assert "bureau 20,000 > 99.99% 0.00% < 0.01%" in said(english)
    assert "bureau_balance 5,000 70.00% 30.00% 0.00%" in said(english)
    assert "credit_card_balance 0 – – –" in said(english)


def test_a_broken_rule_says_what_where_how_often_and_what_to_do(english: str, french: str):
    assert (
        "bureau.AMT_CREDIT_SUM.type A value that is not of the column's type. 1 row of bureau (< 0.01%) "
        "What to do: Correct the cell at its source."
    ) in said(english)
    assert "bureau.csv 12345 AMT_CREDIT_SUM <script>6\\xa0948</script>\\u202e" in said(english)
    assert "bureau.csv 12346 AMT_CREDIT_SUM (empty)" in said(english)
    assert "bureau.csv 7 whole row –" in said(english)
    assert "Que faire\u00a0: Corriger la cellule à la source." in said(french)
    assert "9" * 201 not in english


def test_warnings_ignored_files_and_tables_left_out_are_named(english: str, french: str):
    assert "bureau: 1 <b>column</b>." in said(english)
    assert "30.00% of bureau_balance are orphans. Is the table of applicants complete?" in said(english)
    assert "3 features of 120 lose information because optional columns are absent." in said(english)
    assert "1 information calculée sur 120 perd en contenu" in said(french)
    assert "notes & thoughts.docx" in said(english)
    assert "Left out on demand: POS_CASH_balance, installments_payments." in said(english)
    assert "Tables écartées sur demande\u00a0: POS_CASH_balance, installments_payments." in said(french)


def test_the_page_says_that_it_holds_personal_data(english: str, french: str):
    assert "It holds personal data" in said(english)
    assert "Elle contient des données personnelles" in said(french)


def test_the_parts_of_a_bar_fill_it_and_each_can_be_seen():
    for count in (counted("bureau", 20_000, quarantined=1), counted("bureau", 9, orphans=3, quarantined=5)):
        parts = bars(count)
        assert sum(part.width for part in parts) == 1000
        assert min(part.width for part in parts) >= 10
        assert [part.start for part in parts] == [sum(p.width for p in parts[:i]) for i in range(len(parts))]
    assert bars(counted("bureau", 0)) == ()
    assert [part.kind for part in bars(counted("bureau", 2, orphans=2))] == ["orphans"]


def test_letters_that_nobody_sees_are_spelled_out():
    assert visible("6\u00a0948\x1b[31m\u202e é") == "6\\xa0948\\x1b[31m\\u202e é"


def test_a_refusal_is_its_reason_and_no_number_that_looks_like_a_result():
    with pytest.raises(TableError) as caught:
        refuse("missing_columns", "bureau.csv", columns="DAYS_CREDIT", table="bureau", near="")
    english = said(render_refusal(caught.value, EN, folder="data", purpose="score"))
    assert "The data are refused; nothing was written." in english
    assert "bureau.csv: required columns are absent: DAYS_CREDIT. Export them" in english
    assert "Rule: file.missing_columns" in english
    assert "Checked for scoring" in english
    assert not re.search("Accepted|Files|Shares|SHA", english)
    french = said(render_refusal(caught.value, FR, folder="data", purpose="train"))
    assert "bureau.csv : des colonnes obligatoires manquent : DAYS_CREDIT." in french
    assert "Les données sont refusées" in french


def test_a_refusal_without_a_rule_of_its_own_is_said_too():
    html = render_refusal(ReconciliationError("3 rows <lost>"), FR, folder="data", purpose="train")
    assert "3 rows <lost>" in said(html)
    assert "Règle" not in said(html)


def test_a_page_replaces_an_older_one_whole(tmp_path: Path):
    path = tmp_path / "new" / "check.html"
    write_check_report(path, REPORT, folder="data", language="fr")
    write_refusal(path, TableError("no", rule="file.cut"), folder="data")
    assert "file.cut" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["check.html"]
