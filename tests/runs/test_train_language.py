"""The report of a training in the language that was asked for, wholly."""

import re
from pathlib import Path

from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.wording.catalogue import Wording

ENGLISH_WORDS = re.compile(r"\b(the|and|of|applicants|feature|cut-off)\b", re.IGNORECASE)


def test_a_training_in_french_writes_a_french_report(
    lender: Path, allowed: tuple[tuple[str, str], ...], settings: Settings, tmp_path: Path
):
    options = TrainOptions(fast=True, allow_strong=allowed, members=0, challenger=False)
    made = train(lender, tmp_path / "model", options=options, settings=settings, language="fr")
    page = made.report.read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    headings = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", page)
    assert Wording("fr").text("report.title") in headings
    assert 'class="notice alarm" role="note">Le modèle a été entraîné avec --fast' in page
    assert [heading for heading in headings if ENGLISH_WORDS.search(heading)] == []
