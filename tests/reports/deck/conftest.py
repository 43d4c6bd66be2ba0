"""Decks of a small served lender: with a run and all results, in both languages, and of a bundle alone."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from decision_service import ServedLender
from deck_pages import Decks, Drawn, opened
from garant.cloud.facts import cloud_facts
from garant.runs.deck import deck
from garant.runs.score import ScoreOptions, score
from garant.settings import Settings
from worker_groups import keep_together

SHARED = {"lender", "decks", "settings", "run"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what looks at the decks with one worker: they are drawn once."""
    keep_together(items, Path(__file__).parent, "deck", fixtures=SHARED)


@pytest.fixture(scope="session")
def lender(served_lender: ServedLender) -> ServedLender:
    return served_lender


@pytest.fixture(scope="session")
def settings(lender: ServedLender) -> Settings:
    folder = lender.folder
    return Settings(cache_folder=folder / "cache", development_key=folder / "development.key", threads=1)


@pytest.fixture(scope="session")
def run(lender: ServedLender, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of the lender by its first bundle."""
    out = tmp_path_factory.mktemp("deck") / "runs"
    score(lender.lender, lender.bundles[0], out, options=ScoreOptions(explain="none"), settings=settings)
    return out


@pytest.fixture(scope="session")
def decks(lender: ServedLender, run: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Decks:
    """``fr`` and ``en`` with a run and the committed results, ``bare`` in French with neither."""
    folder = tmp_path_factory.mktemp("decks")
    empty = folder / "no results"
    empty.mkdir()
    made: dict[str, Drawn] = {}
    wanted: tuple[tuple[str, Literal["fr", "en"], Path | None, Path | None], ...] = (
        ("fr", "fr", run, None),
        ("en", "en", run, None),
        ("bare", "fr", None, empty),
    )
    for name, language, run_folder, results in wanted:
        path = folder / f"{name}.pptx"
        slides = deck(
            path,
            bundle_folder=lender.bundles[0],
            run_folder=run_folder,
            results_folder=results,
            cloud=cloud_facts(),
            language=language,
            settings=settings,
        )
        made[name] = Drawn(slides, path, opened(path))
    return made


@pytest.fixture(scope="session")
def bundle_document(lender: ServedLender) -> dict[str, Any]:
    return json.loads((lender.bundles[0] / "bundle.json").read_text(encoding="utf-8"))
