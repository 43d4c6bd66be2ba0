"""Writing a bundle: whole or not at all, and the same bytes for the same content."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from garant.exceptions import BundleFormatError, InvariantError, UsageError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.writing import write_bundle


def test_the_same_content_gives_the_same_digest(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    first = write_bundle(tmp_path / "a", content, files)
    assert write_bundle(tmp_path / "b", content, files) == first
    assert read_bundle(tmp_path / "b").digest == first


def test_a_bundle_can_be_read_without_garant(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    write_bundle(tmp_path / "bundle", content, files)
    found = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert found["costs"] == {"c_fp": 1.0, "c_fn": 10.0}
    assert found["label"]["text_fr"] == "PD (définition du test)"
    assert set(found["sections"]["required"]) == set(found) - {"format", "sections"}
    assert set(found["files"]) == {p.name for p in (tmp_path / "bundle").iterdir()} - {"bundle.json"}


def test_an_older_bundle_is_replaced_only_when_asked(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    folder = tmp_path / "bundle"
    write_bundle(folder, content, files)
    other = content.model_copy(update={"seed": 6})
    with pytest.raises(UsageError, match="holds a bundle already"):
        write_bundle(folder, other, files)
    assert read_bundle(folder).content.seed == 5
    write_bundle(folder, other, files, overwrite=True)
    assert read_bundle(folder).content.seed == 6
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_folder_that_is_no_bundle_is_left_alone_even_when_asked(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds other files and no bundle"):
        write_bundle(tmp_path / "thesis", content, files, overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    with pytest.raises(UsageError, match="is a file"):
        write_bundle(tmp_path / "thesis" / "chapter.txt", content, files, overwrite=True)


def test_an_empty_folder_takes_the_bundle(tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]) -> None:
    (tmp_path / "bundle").mkdir()
    write_bundle(tmp_path / "bundle", content, files)
    assert read_bundle(tmp_path / "bundle").content.seed == 5


def test_a_bundle_without_one_of_its_files_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    with pytest.raises(InvariantError, match=r"wording\.json"):
        write_bundle(tmp_path / "bundle", content, {k: v for k, v in files.items() if k != "wording.json"})
    assert not list(tmp_path.iterdir())


def test_a_model_of_other_features_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    swapped = content.model_copy(update={"features": content.features[::-1]})
    with pytest.raises(BundleFormatError, match="its inputs are not the features"):
        write_bundle(tmp_path / "bundle", swapped, files)
    assert not list(tmp_path.iterdir())


def test_a_cut_off_that_is_not_the_one_of_the_costs_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes]
) -> None:
    with pytest.raises(ValueError, match="is not the one of costs"):
        write_bundle(tmp_path / "bundle", content.model_copy(update={"cutoff": 0.09}), files)
    assert not list(tmp_path.iterdir())
