"""Letters: what each kind says, from the record alone; and a PDF that everybody can read."""

import builtins
import hashlib
import json
import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garant.decisions.record import Decision, EventKind, Language, Mode, Said, State
from garant.exceptions import InvariantError, MissingPartError, NoLetterError, UsageError
from garant.models.cutoff import Outcome
from garant.reports.client_letter import Letter, LetterKind, letter_pdf, load_lender
from garant.reports.client_letter.lender import LETTERS_ID
from garant.reports.client_letter.pdf import NOT_SHOWN, SHOWN, shown
from garant.wording.catalogue import LANGUAGES, entries
from garant.wording.notice import notice
from letter_records import (
    CONFIRMED,
    CONTESTED,
    DECISIONS,
    FILLED_IN,
    ID,
    PAPERS,
    REASONS,
    REVIEWED,
    decision,
    event,
    filled_in,
    judged,
    letter,
)

BOTH: tuple[Language, ...] = ("fr", "en")

EVERY = [pytest.param(kind, language, id=f"{kind}-{language}") for kind in LetterKind for language in BOTH]

REFUSES = (LetterKind.REFUSAL, LetterKind.REVIEW, LetterKind.EXPLANATION)


def said(of: Letter, part: str | None = None) -> str:
    """Every text of a letter, or of one of its parts."""
    found = [each for each in of.parts if part in {None, each.name}]
    cells = [cell for each in found for table in each.tables for row in (table.columns, *table.rows) for cell in row]
    return "\n".join([text for each in found for text in each.texts()] + cells)


def names(of: Letter) -> list[str]:
    """Names of the parts of a letter."""
    return [each.name for each in of.parts]


# -------------------------------------------------------------------- what it says


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("kind", REFUSES)
def test_reasons_are_those_of_the_record_word_for_word_and_in_its_order(kind: LetterKind, language: Language):
    (part,) = (each for each in letter(kind=kind, language=language).parts if each.name == "reasons")
    assert [item.text for item in part.items] == [texts[language] for texts in REASONS.values()]


def test_there_are_at_most_four_reasons_and_rules_come_first():
    rules = tuple(Said(code=f"RULE_{n}", texts={"fr": f"Règle {n}.", "en": f"Rule {n}."}) for n in range(2))
    (part,) = (each for each in letter(decision(State.FINAL, CONFIRMED, judged_as=judged(rules=rules))).parts[1:2])
    english = [texts["en"] for texts in REASONS.values()]
    assert [item.text for item in part.items] == ["Rule 0.", "Rule 1.", *english[:2]]


def test_reasons_of_a_model_that_did_not_ask_for_the_refusal_are_not_told_as_its_reasons():
    rule = Said(code="UNDER_AGE", texts={"fr": "Âge.", "en": "You are not of age."})
    found = letter(decision(State.FINAL, CONFIRMED, judged_as=judged(rules=(rule,), pd=0.01)))
    assert "You are not of age." in said(found, "reasons")
    assert REASONS["act"]["en"] not in said(found)


def test_what_a_person_refused_against_the_proposal_is_explained_by_that_person():
    own = event(
        EventKind.CONFIRMED, person="Ann", outcome="refuse", ground="new_information", comment="The payslip is false."
    )
    found = letter(decision(State.FINAL, own, judged_as=judged(outcome=Outcome.ACCEPT, pd=0.01)))
    assert "new information" in said(found, "reasons")
    assert "“The payslip is false.”" in said(found, "reasons")
    assert REASONS["act"]["en"] not in said(found)


def test_who_decided_is_named_and_what_the_program_proposed():
    found = letter()
    assert "A person decided: Ann Bell, on 28 November 2026." in said(found, "outcome")
    assert "The program had proposed: refusal. It does not decide: a person did." in said(found, "automated")


def test_a_reviewer_to_whom_the_program_referred_decides_for_the_first_time():
    reviewed = replace(REVIEWED, number=1)
    found = letter(decision(State.FINAL, reviewed, judged_as=judged(outcome=Outcome.REFER)))
    assert "A person decided: Bob Hill" in said(found, "outcome")
    assert "“The delay stands in the books.”" in said(found, "reasons")
    explained = letter(decision(State.FINAL, reviewed), kind=LetterKind.EXPLANATION)
    assert notice("en").rights["human_review"] in said(explained, "rights")


def test_a_decision_of_the_program_alone_says_so_and_on_what_basis():
    alone = decision(State.FINAL, mode=Mode.AUTOMATED, legal_basis="Contract, article 22(2)(a)")
    found = letter(alone)
    assert "decided by itself, on 27 November 2026. Legal basis: Contract, article 22(2)(a)." in said(found, "outcome")
    assert "a person did" not in said(found, "automated")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_says_that_processing_was_automated_and_what_one_may_do(kind: LetterKind, language: Language):
    known, found = notice(language), letter(kind=kind, language=language)
    assert known.paragraphs[0] in said(found, "automated")
    rights = said(found, "rights")
    for right in ("rectification", "complaint"):
        assert known.rights[right] in rights
    assert "CNIL" in rights
    assert (known.rights["human_review"] in rights) is (kind is not LetterKind.REVIEW)
    assert names(found)[-1] == "contact"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_what_the_lender_states_stands_in_the_letter_and_nothing_is_left_open(
    kind: LetterKind, language: Language, tmp_path: Path
):
    found = letter(kind=kind, language=language, lender=filled_in(tmp_path))
    assert found.missing == ()
    assert found.mark is None
    assert "[" not in said(found)
    assert found.sender == ("Banque d’Exemple", "1 rue de l’Exemple", "75001 Paris")
    days = {"fr": ("60 jours", "30 jours"), "en": ("60 days", "30 days")}[language]
    if kind is not LetterKind.REVIEW:
        assert all(each in said(found, "rights").replace("\u00a0", " ") for each in days)
    if kind is LetterKind.PAPERS:
        assert {"fr": "21 jours", "en": "21 days"}[language] in said(found, "papers").replace("\u00a0", " ")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_shipped_file_names_nobody_but_the_authority_and_says_what_is_missing(kind: LetterKind, language: Language):
    found = letter(kind=kind, language=language)
    assert found.sender[0] == {"fr": "[nom du prêteur]", "en": "[name of the lender]"}[language]
    assert {"lender.name", "lender.address", "lender.contact", "data_protection.contact"} <= set(found.missing)
    assert not any(each.startswith("authority") for each in found.missing)
    assert found.mark is not None


@pytest.mark.parametrize("texts", ['texts = "letters-v0"', ""])
def test_an_approval_of_other_texts_is_none(texts: str, tmp_path: Path):
    lender = filled_in(tmp_path, FILLED_IN.replace(f'texts = "{LETTERS_ID}"', texts))
    assert letter(lender=lender).mark is not None


def test_texts_that_were_approved_do_not_change_under_their_id():
    # Other texts are another version: give LETTERS_ID a new number, so that a lawyer reads them again.
    texts = [
        f"{key}={'|'.join(entry.forms)}"
        for language in LANGUAGES
        for key, entry in entries(language).items()
        if key.startswith("letter.")
    ]
    assert (LETTERS_ID, hashlib.sha256("\n".join(texts).encode()).hexdigest()) == (
        "letters-v1",
        "25007346001de4259e4dcfae2acdce27d4f6a04a62b8aefb704fe36d7c8e799f",
    )


def test_a_database_that_was_asked_is_named_with_its_result():
    found = said(letter(), "databases")
    assert "National register of payment incidents: consulted on 20 November 2026; result: no entry." in found
    assert "[name of the credit register]; result: 2 credits with other lenders are listed." in found
    assert "Score made by others." in found


def test_a_register_that_the_policy_names_no_more_is_still_told():
    raw = b'{"application": {}, "external_checks": {"old_one": {"date": "2026-11-20", "result": "listed"}}}'
    found = said(letter(decision(State.FINAL, CONFIRMED, judged_as=judged(raw=raw))), "databases")
    assert "Register “old_one”: consulted on 20 November 2026; result: an entry exists." in found


def test_a_register_without_credits_says_so_and_one_that_was_not_asked_is_not_told():
    none = judged(raw=b'{"application": {}, "bureau": []}')
    assert "no credit with another lender" in said(letter(decision(State.FINAL, CONFIRMED, judged_as=none)))
    unknown = judged(raw=b'{"application": {}}')
    assert "databases" not in names(letter(decision(State.FINAL, CONFIRMED, judged_as=unknown)))


@pytest.mark.parametrize("kind", LetterKind)
def test_debt_advice_is_given_to_whoever_is_refused(kind: LetterKind):
    assert ("debt-advice" in names(letter(kind=kind))) is (kind in REFUSES)


def test_a_review_says_what_was_contested_who_looked_and_what_became_of_it():
    kept = said(letter(kind=LetterKind.REVIEW), "outcome")
    assert "“Tout est payé.”" in kept
    assert "reviewed your file and decided: Bob Hill, on 30 November 2026." in kept
    assert "leaves the decision as it was" in kept
    other = replace(REVIEWED, content={"outcome": "accept", "comment": "The payments are proven."})
    changed = letter(decision(State.REVIEWED, CONFIRMED, CONTESTED, other), kind=LetterKind.REVIEW)
    assert "changes the decision" in said(changed, "outcome")
    assert "Your application is approved." in said(changed, "outcome")
    assert "“The payments are proven.”" in said(changed, "reasons")
    assert REASONS["act"]["en"] not in said(changed)


def test_a_letter_about_papers_says_which_and_nothing_of_a_proposal():
    found = letter(kind=LetterKind.PAPERS)
    assert "your income" in said(found, "papers")
    assert "“Your last three payslips.”" in said(found, "papers")
    assert "not decided yet" in said(found, "outcome")
    assert "proposed" not in said(found)
    assert "refus" not in said(found, "outcome")


def test_a_letter_about_papers_in_a_review_does_not_tell_the_contested_decision_again():
    asked = replace(PAPERS, number=3)
    found = letter(decision(State.CONTESTED, CONFIRMED, CONTESTED, asked), kind=LetterKind.PAPERS)
    assert "review of your file that you asked for is not finished" in said(found, "outcome")
    assert "refused" not in said(found, "outcome")
    assert "proposed" not in said(found)


def test_an_explanation_gives_inputs_with_origin_score_cut_off_and_reasons():
    found = letter(kind=LetterKind.EXPLANATION)
    figures = said(found, "figures")
    assert all(each in figures for each in ("24.5%", "9.09%", "8% and 10%", "512"))
    inputs = said(found, "inputs")
    (own, others, _) = (table for part in found.parts if part.name == "inputs" for table in part.tables)
    assert ("Amount of the loan asked for", "450,000") in own.rows
    assert [value for _, value in others.rows] == ["0.24"]
    assert "credit register" in inputs
    assert "our own files" in inputs
    assert "changes" in names(found)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_second_score_no_code_and_no_jargon_is_in_a_letter(kind: LetterKind, language: Language):
    found = said(letter(kind=kind, language=language))
    assert not re.search(r"log-?odds|shap|\bmargin|feature|variable|modèle|EXT_SOURCE|498|30,0|30\.0", found)


def test_no_letter_has_a_third_language():
    assert set(BOTH) == set(LANGUAGES)


# -------------------------------------------------------------------- when there is none


@pytest.mark.parametrize(
    ("found", "kind", "reason"),
    [
        (decision(State.PROPOSED), LetterKind.REFUSAL, "proposed"),
        (decision(State.PROPOSED), LetterKind.EXPLANATION, "proposed"),
        (decision(State.PROPOSED), None, "proposed"),
        (decision(State.CONTESTED, CONFIRMED, CONTESTED), LetterKind.REFUSAL, "contested"),
        (decision(State.CONTESTED, CONFIRMED, CONTESTED), None, "contested"),
        (decision(State.FINAL, CONFIRMED), LetterKind.REVIEW, "not_reviewed"),
        (decision(State.FINAL, CONFIRMED), LetterKind.PAPERS, "no_papers"),
        (decision(State.FINAL, CONFIRMED, superseded_by="x"), LetterKind.REFUSAL, "corrected"),
        (decision(State.FINAL, PAPERS, replace(CONFIRMED, number=2)), LetterKind.PAPERS, "no_papers"),
        (
            decision(State.FINAL, replace(CONFIRMED, content={"outcome": "accept", "ground": "other"})),
            LetterKind.REFUSAL,
            "approved",
        ),
    ],
)
def test_what_was_not_decided_has_no_letter(found: Decision, kind: LetterKind | None, reason: str):
    with pytest.raises(NoLetterError) as caught:
        letter(found, kind=kind)
    assert caught.value.reason == reason


def test_the_kinds_that_a_decision_allows_are_said_and_the_first_is_made_when_none_is_asked_for():
    found = letter(DECISIONS[LetterKind.REVIEW], kind=None)
    assert found.kind is LetterKind.REFUSAL
    assert found.possible == (LetterKind.REFUSAL, LetterKind.REVIEW, LetterKind.EXPLANATION)
    approved = decision(State.FINAL, replace(CONFIRMED, content={"outcome": "accept", "ground": "other"}))
    explained = letter(approved, kind=None)
    assert explained.kind is LetterKind.EXPLANATION
    assert "inputs" in names(explained)
    assert "changes" not in names(explained)


def test_an_explanation_of_a_decision_that_was_corrected_says_so():
    found = letter(decision(State.FINAL, CONFIRMED, superseded_by="x"), kind=LetterKind.EXPLANATION)
    assert "another decision has taken the place of this one" in said(found, "outcome")


# -------------------------------------------------------------------- the lender's file


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[lender]\nnome = 'x'", "lender.nome"),
        ("[human_review]\nask_within_days = 0", "human_review.ask_within_days"),
        ("[lender]\nname = ''", "lender.name"),
        ("[lender", "cannot be read"),
    ],
)
def test_a_wrong_file_of_the_lender_is_refused_by_entry(text: str, wrong: str, tmp_path: Path):
    with pytest.raises(UsageError, match=re.escape(wrong)):
        filled_in(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_lender(tmp_path / "none.toml")


# -------------------------------------------------------------------- the PDF


def pdf_text(content: bytes, folder: Path, *arguments: str) -> str:
    """Text of a PDF, with words that were parted at a line's end put together again."""
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext on this machine: apt-get install poppler-utils")
    path = folder / "letter.pdf"
    path.write_bytes(content)
    found = subprocess.run(
        ["pdftotext", *arguments, str(path), "-"], capture_output=True, check=True, text=True, encoding="utf-8"
    ).stdout
    return one_line(re.sub("\u00ad\\s*", "", found))


def one_line(text: str) -> str:
    """Text with single spaces, whatever their kind."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_pdf_says_what_the_letter_says(kind: LetterKind, language: Language, tmp_path: Path):
    found = letter(kind=kind, language=language)
    text = pdf_text(letter_pdf(found), tmp_path)
    wanted = [found.title, *found.sender, found.dated, found.mark or "", *said(found).split("\n")]
    footer = re.compile(re.escape(ID) + r" Page \d (?:of|sur) \d ")
    assert [each for each in wanted if one_line(each) not in footer.sub("", text)] == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_pdf_is_tagged_has_its_language_a_title_and_page_numbers(
    kind: LetterKind, language: Language, tmp_path: Path
):
    found = letter(kind=kind, language=language)
    content = letter_pdf(found)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"/StructTreeRoot" in content
    assert re.search(rb"/Lang ?\((?:fr-FR|en-GB)\)", content).group(0)[6:8].strip(b"(") == language.encode()  # type: ignore[union-attr]
    assert found.title.encode() in content
    pages = len(re.findall(rb"/Type ?/Page\b(?!s)", content))
    text = pdf_text(content, tmp_path)
    for page in range(1, pages + 1):
        assert {"fr": f"Page {page} sur {pages}", "en": f"Page {page} of {pages}"}[language] in text


def test_the_same_letter_has_the_same_bytes_and_another_day_others():
    assert letter_pdf(letter()) == letter_pdf(letter())
    assert letter_pdf(letter()) != letter_pdf(replace(letter(), on=date(2026, 12, 1)))


MARKUP = [
    "#let x = 1",
    "$ a/b $",
    "*bold* _slanted_ `raw`",
    "@reference <label>",
    "\\ \\u{41} = Heading",
    '#import "@preview/x:1.0.0": *',
    "// a comment /* another */",
    '"]) #panic() (["',
    "{brace} {page} %s",
    "https://example.org/?a=b#c",
]


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_becomes_markup(text: str, tmp_path: Path):
    statement = event(EventKind.CONTESTED, 2, statement=text)
    reviewed = event(EventKind.REVIEWED, 3, person=text, outcome="refuse", comment=f"{text} and more words")
    reason = Said(code="R", texts={"fr": text, "en": text}, notes={"fr": text, "en": text})
    named = filled_in(tmp_path, FILLED_IN.replace("Banque d’Exemple", text.replace("\\", "\\\\").replace('"', '\\"')))
    about = decision(State.REVIEWED, CONFIRMED, statement, reviewed, judged_as=judged(reasons=(reason,)))
    found = letter(about, kind=LetterKind.REVIEW, lender=named)
    assert pdf_text(letter_pdf(found), tmp_path).count(one_line(text)) == 6


def test_no_cell_of_a_table_becomes_markup(tmp_path: Path):
    raw = json.dumps({"application": {"OWN": " ".join(MARKUP[:3])}}).encode()
    found = letter(decision(State.FINAL, CONFIRMED, judged_as=judged(raw=raw)), kind=LetterKind.EXPLANATION)
    assert one_line(" ".join(MARKUP[:3])) in pdf_text(letter_pdf(found), tmp_path)


def test_a_statement_with_an_emoji_can_be_printed(tmp_path: Path):
    statement = event(EventKind.CONTESTED, 2, statement="Tout est payé 😀")
    found = letter(decision(State.REVIEWED, CONFIRMED, statement, REVIEWED), kind=LetterKind.REVIEW)
    assert f"Tout est payé {NOT_SHOWN}" in pdf_text(letter_pdf(found), tmp_path)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("bon 😀 jour", f"bon {NOT_SHOWN} jour"),
        ("a\u202eb\u200bc", "abc"),
        ("a\nb\tc\x00d\x07", "a b cd"),
        ("e\u0301te\u0301", "été"),
        ("Łódź Ελλάδα Київ 25\u202f%", "Łódź Ελλάδα Київ 25\u202f%"),
        ("中文", NOT_SHOWN * 2),
        ("\ud800", NOT_SHOWN),
    ],
)
def test_what_the_fonts_lack_is_marked_and_what_nobody_sees_left_out(text: str, seen: str):
    assert shown(text) == seen


def test_the_fonts_have_every_character_that_is_let_through():
    ranges = re.findall(r"(.)-(.)", SHOWN, re.DOTALL)
    every = "".join(
        f"{chr(code)} "
        for first, last in ranges
        for code in range(ord(first), ord(last) + 1)
        if unicodedata.category(chr(code)) not in {"Cn", "Cf"}
    )
    contested = event(EventKind.CONTESTED, 2, statement=every)
    found = letter(decision(State.REVIEWED, CONFIRMED, contested, REVIEWED), kind=LetterKind.REVIEW)
    assert letter_pdf(found).startswith(b"%PDF-")


def test_without_typst_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    before = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - the signature of an import
        if name == "typst":
            raise ModuleNotFoundError(name=name)
        return before(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPartError, match=r"garant\[report\]"):
        letter_pdf(letter())


def test_what_typst_refuses_is_an_error_of_garant():
    with pytest.raises(InvariantError, match="cannot be set"):
        letter_pdf(replace(letter(), title=""))
