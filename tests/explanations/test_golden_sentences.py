"""What fifty people read as reasons is what was read and found right before."""

import difflib
import re
from pathlib import Path

import pytest
from golden_sentences import PEOPLE, Lender, golden_file, golden_text, reasons_of_everybody, small_lender

from garant.explanations.kinds import KIND_OF
from garant.explanations.reasons import Reason
from garant.explanations.yardstick import YARDSTICKS
from garant.wording.catalogue import LANGUAGES, entries


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return small_lender(tmp_path_factory.mktemp("golden"))


@pytest.fixture(scope="module")
def said(lender: Lender) -> list[Reason]:
    """Reasons of everybody in English."""
    return [reason for reasons in reasons_of_everybody(lender, "en") for reason in reasons]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_the_sentences_of_the_golden_file(lender: Lender, language: str) -> None:
    path = golden_file(language)
    before, now = path.read_text(encoding="utf-8").splitlines(), golden_text(lender, language).splitlines()
    changed = "\n".join(difflib.unified_diff(before, now, path.name, "now", lineterm="", n=2))
    assert before == now, (
        f"These sentences have changed. Where the new ones are right: "
        f"python {Path('tests', 'explanations', 'golden_sentences.py')}\n{changed}"
    )


def test_the_files_show_most_of_what_can_be_said(lender: Lender, said: list[Reason]) -> None:
    features = {feature.name: feature for feature in lender.features}
    unknown = {entry.one for key, entry in entries("en").items() if key.endswith(".unknown")}
    with_fact = {features[r.feature].text for r in said if r.feature is not None and r.text not in unknown}
    assert len(lender.people) == PEOPLE
    assert len(with_fact) > 120
    assert {r.family for r in said} == KIND_OF.keys() & {feature.family for feature in lender.features}
    assert len({r.family for r in said if r.feature is None}) > 10
    assert len({r.family for r in said if r.text in unknown}) > 10
    assert len({r.note for r in said}) > 3


def test_the_files_show_nearly_every_yardstick(said: list[Reason]) -> None:
    def is_said(end: str) -> bool:
        parts = re.split(r"{\w+}", entries("en")[f"yardstick.{end}"].one)
        return any(re.search(".+".join(re.escape(part) for part in parts), reason.text) for reason in said)

    # A level that hardly anybody accepted has takes thousands of applicants.
    assert len([end for end in YARDSTICKS if not is_said(end) and end != "level.rare"]) <= 2
