"""The page of one applicant: what the terminal says, and the way to the score as a picture."""

import re
import stat
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.runs.explain import explain
from garant.runs.explanation import Explanation
from garant.runs.person_page import write_person_page
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.wording.catalogue import Wording

pytestmark = pytest.mark.xdist_group("own")


@pytest.fixture(scope="module")
def refused(lender: Path, short: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The applicant with the highest PD."""
    out = tmp_path_factory.mktemp("person")
    done = score(lender, short.bundle.folder, out, options=ScoreOptions(explain="none"), settings=settings)
    rows = pq.read_table(done.run.folder / "scores", columns=["SK_ID_CURR", "pd"])
    return rows.column("SK_ID_CURR")[pc.index(rows.column("pd"), pc.max(rows.column("pd"))).as_py()].as_py()


def explained(
    client: int, lender: Path, short: TrainResult, settings: Settings, language: Literal["fr", "en"]
) -> Explanation:
    return explain(client, data=lender, bundle_folder=short.bundle.folder, language=language, settings=settings)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_the_explanation_says_and_only_its_owner_reads_it(
    refused: int,
    lender: Path,
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
    language: Literal["fr", "en"],
) -> None:
    found = explained(refused, lender, short, settings, language)
    path = tmp_path / "person.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    page, words = path.read_text(encoding="utf-8"), Wording(language)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert found.reasons
    for sentence in (*(reason.text for reason in found.reasons), words.text("outcome.refuse.proposed")):
        assert sentence in page
    assert found.comparison is not None
    for fact in found.comparison.facts:
        assert f'<tr><th scope="row">{fact.label}</th>' in page
    assert words.text(f"kind.{found.reasons[0].kind}") in page
    for word in (f"▲ {words.text('explain.raises')}", f"▼ {words.text('explain.lowers')}", str(refused)):
        assert word in page
    assert not re.search(r"https?:|<script", page)


def test_the_picture_ends_at_the_score(
    refused: int, lender: Path, short: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    found = explained(refused, lender, short, settings, "en")
    path = tmp_path / "person.html"
    write_person_page(path, found, made_on=date(2026, 11, 29))
    way = path.read_text(encoding="utf-8").partition('id="effects"')[2]
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>([+−\d.]+)</td>', way)
    numbers = [float(number.replace("−", "-")) for _, number in rows]
    assert rows[0][0] == "Mean of accepted applications"
    assert numbers[0] == pytest.approx(found.typical_margin, abs=0.006)
    assert rows[-1][0] == "Score of this applicant"
    assert numbers[-1] == pytest.approx(found.margin, abs=0.006)
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.005 * len(numbers))
