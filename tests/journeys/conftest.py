"""One synthetic lender, one model and one run, made once through the command line and looked at by many tests."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from garant.settings import Settings
from warm_command import WarmCommand

SCALE = "0.012"

TRAINED = ("--fast", "--out-of-time", "2026-01")
"""How the model is trained; whoever makes the same again trains so as well."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """The JSON on stdout."""
        return json.loads(self.out)


Garant = Callable[..., Said]
"""Runs `garant` with the given arguments."""


@pytest.fixture(scope="session")
def user(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the user who walks: a cache and a development key of their own."""
    folder = tmp_path_factory.mktemp("user")
    return Settings(cache_folder=folder / "cache", development_key=folder / "development.key")


@pytest.fixture(scope="session")
def warm_command() -> Iterator[WarmCommand]:
    """What runs the commands of all journeys of this process."""
    with WarmCommand() as command:
        yield command


@pytest.fixture(scope="session")
def garant(user: Settings, warm_command: WarmCommand) -> Garant:
    """Run `garant` as a user does; returns exit code, stdout and stderr."""

    def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Said:
        own = {
            "GARANT_CACHE_FOLDER": str(user.cache_folder),
            "GARANT_DEVELOPMENT_KEY": str(user.development_key),
            "GARANT_THREADS": "1",
        }
        variables = {**os.environ, **own, **environment}
        done = warm_command.run([*map(str, arguments)], variables=variables, folder=cwd or Path.cwd())
        return Said(done.code, done.out, done.err)

    return run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which the journey happens."""
    return tmp_path_factory.mktemp("journey")


@pytest.fixture(scope="session")
def lender(garant: Garant, folder: Path) -> Path:
    """A small synthetic lender as raw CSV."""
    said = garant("synth", folder / "lender", "--scale", SCALE, "--format", "csv")
    assert said.code == 0, said.err
    return folder / "lender"


@pytest.fixture(scope="session")
def trained() -> tuple[str, ...]:
    """Options that the model is trained with."""
    return TRAINED


@pytest.fixture(scope="session")
def model(garant: Garant, lender: Path) -> Path:
    """A model trained on the lender with few trees."""
    said = garant("train", lender, "--bundle", lender.parent / "model", *TRAINED)
    assert said.code == 0, said.err
    return lender.parent / "model"


@pytest.fixture(scope="session")
def run(garant: Garant, lender: Path, model: Path) -> dict[str, Any]:
    """A committed run that scores the lender with the model; its brief as JSON."""
    said = garant(
        "score", lender, "--bundle", model, "--out", lender.parent / "runs", "--format", "csv", "--output", "json"
    )
    assert said.code == 0, said.err
    return said.json
