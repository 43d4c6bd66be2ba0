"""Whether a bundle and this code mean the same features: asked once, and asked again when either changes."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from garant.exceptions import BundleFormatError
from garant.features.encode import InputColumn
from garant.features.feature import Feature
from garant.models.bundle.fingerprint import FeatureDefinition
from garant.models.bundle.reading import Bundle
from garant.runs import bundle_features as module
from garant.runs.bundle_features import bundle_features
from garant.runs.feature_definitions import definitions
from garant.runs.train_result import TrainResult

pytestmark = pytest.mark.xdist_group("own")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many features each comparison wrote out, in a process that has compared nothing yet."""
    found: list[int] = []

    def counted(features: Sequence[Feature], columns: Sequence[InputColumn]) -> list[FeatureDefinition]:
        found.append(len(features))
        return definitions(features, columns)

    monkeypatch.setattr(module, "definitions", counted)
    monkeypatch.setattr(module, "_agreed", set[str]())
    return found


@pytest.fixture
def bundle(short: TrainResult) -> Bundle:
    """A bundle of a dozen features."""
    return short.bundle


def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process found."""
    monkeypatch.setattr(module, "_agreed", set[str]())


def test_a_process_compares_once(bundle: Bundle, asked: list[int]) -> None:
    assert bundle_features(bundle) == bundle_features(bundle)
    assert asked == [len(bundle.columns)]


def test_the_next_process_finds_it_in_the_memory(
    bundle: Bundle, asked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle_features(bundle, memory=tmp_path)
    another_process(monkeypatch)
    bundle_features(bundle, memory=tmp_path)
    assert len(asked) == 1
    another_process(monkeypatch)
    bundle_features(bundle)
    assert len(asked) == 2


@pytest.mark.parametrize("what", ["code_digest", "version"])
def test_other_code_asks_again(
    bundle: Bundle, asked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    bundle_features(bundle, memory=tmp_path)
    another_process(monkeypatch)
    monkeypatch.setattr(module, what, lambda *_: "another")
    bundle_features(bundle, memory=tmp_path)
    assert len(asked) == 2


def test_a_bundle_of_other_definitions_is_refused_every_time(
    bundle: Bundle, asked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bundle.content.model_copy(update={"feature_fingerprint": "0" * 64})
    strange = dataclasses.replace(bundle, content=content, digest="1" * 64)
    for _ in range(2):
        with pytest.raises(BundleFormatError, match="other definitions of its features"):
            bundle_features(strange, memory=tmp_path)
        another_process(monkeypatch)
    assert len(asked) == 2


def test_a_memory_that_cannot_be_written_is_no_obstacle(bundle: Bundle, asked: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert bundle_features(bundle, memory=tmp_path / "file")
    assert asked
