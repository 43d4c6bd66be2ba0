"""Writing a bundle: whole or not at all, and the same bytes for the same content."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from garant.exceptions import BundleFormatError, InvariantError, UsageError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.settings import Settings
from garant.tables.config import Extra


def test_the_same_content_gives_the_same_digest(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    first = write_bundle(tmp_path / "a", content, files, signer=signer)
    assert write_bundle(tmp_path / "b", content, files, signer=signer) == first
    assert read_bundle(tmp_path / "b", trust).digest == first


def test_a_bundle_can_be_read_without_garant(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer
) -> None:
    write_bundle(tmp_path / "bundle", content, files, signer=signer)
    found = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert found["costs"] == {"c_fp": 1.0, "c_fn": 10.0}
    assert found["label"]["text_fr"] == "PD (définition du test)"
    assert set(found["sections"]["required"]) == set(found) - {"format", "sections"}
    assert set(found["files"]) == {p.name for p in (tmp_path / "bundle").iterdir()} - {"bundle.json", "bundle.sig"}


def test_columns_of_the_lenders_own_are_a_section_that_is_there_only_when_it_is_needed(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    extra = Extra(type="months", sign="lowers", family="loyalty", text_fr="Ancienneté", text_en="Length")
    update = {"extras": {"Months": extra}, "absent_columns": {"application": ("OWN_CAR_AGE",)}}
    write_bundle(tmp_path / "own", content.model_copy(update=update), files, signer=signer)
    found = json.loads((tmp_path / "own" / "bundle.json").read_text())
    assert found["sections"]["optional"] == ["absent_columns", "extras"]
    assert found["extras"]["Months"]["text_fr"] == "Ancienneté"
    read = read_bundle(tmp_path / "own", trust).content
    assert read.extras == {"Months": extra}
    assert read.absent_columns == {"application": ("OWN_CAR_AGE",)}

    write_bundle(tmp_path / "plain", content, files, signer=signer)
    plain = json.loads((tmp_path / "plain" / "bundle.json").read_text())
    assert plain["sections"]["optional"] == []
    assert "extras" not in plain


def test_an_older_bundle_is_replaced_only_when_asked(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    folder = tmp_path / "bundle"
    write_bundle(folder, content, files, signer=signer)
    other = content.model_copy(update={"seed": 6})
    with pytest.raises(UsageError, match="holds a bundle already"):
        write_bundle(folder, other, files, signer=signer)
    assert read_bundle(folder, trust).content.seed == 5
    write_bundle(folder, other, files, overwrite=True, signer=signer)
    assert read_bundle(folder, trust).content.seed == 6
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_process_killed_while_it_replaces_a_bundle_leaves_the_old_one_whole(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], settings: Settings
) -> None:
    before = write_bundle(tmp_path / "bundle", content, files, signer=Signer.of(settings))
    code = (
        "import sys, pathlib\n"
        "from garant.models.bundle import Signer, Trust, read_bundle, recut\n"
        "from garant.models.pricing import pricing\n"
        "from garant.settings import load_settings\n"
        "signer, trust = Signer.of(load_settings()), Trust.of(load_settings())\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "recut(read_bundle(folder, trust), pricing(costs='1:12'), folder, overwrite=True, signer=signer, trust=trust)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "bundle")],
        env={
            **os.environ,
            "GARANT_FAILPOINT": "storage.rename_folder",
            "GARANT_DEVELOPMENT_KEY": str(settings.development_key),
            "GARANT_CACHE_FOLDER": str(settings.cache_folder),
        },
        timeout=120,
        check=False,
    )
    assert found.returncode == -signal.SIGKILL
    assert read_bundle(tmp_path / "bundle", Trust.of(settings)).digest == before


def test_a_folder_that_is_no_bundle_is_left_alone_even_when_asked(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds other files and no bundle"):
        write_bundle(tmp_path / "thesis", content, files, overwrite=True, signer=signer)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    with pytest.raises(UsageError, match="is a file"):
        write_bundle(tmp_path / "thesis" / "chapter.txt", content, files, overwrite=True, signer=signer)


def test_an_empty_folder_takes_the_bundle(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    (tmp_path / "bundle").mkdir()
    write_bundle(tmp_path / "bundle", content, files, signer=signer)
    assert read_bundle(tmp_path / "bundle", trust).content.seed == 5


def test_a_bundle_without_one_of_its_files_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer
) -> None:
    with pytest.raises(InvariantError, match=r"wording\.json"):
        write_bundle(
            tmp_path / "bundle", content, {k: v for k, v in files.items() if k != "wording.json"}, signer=signer
        )
    assert not list(tmp_path.iterdir())


def test_a_model_of_other_features_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer
) -> None:
    swapped = content.model_copy(update={"features": content.features[::-1]})
    with pytest.raises(BundleFormatError, match="its inputs are not the features"):
        write_bundle(tmp_path / "bundle", swapped, files, signer=signer)
    assert not list(tmp_path.iterdir())


def test_a_cut_off_that_is_not_the_one_of_the_costs_is_not_written(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer
) -> None:
    with pytest.raises(ValueError, match="is not the one of costs"):
        write_bundle(tmp_path / "bundle", content.model_copy(update={"cutoff": 0.09}), files, signer=signer)
    assert not list(tmp_path.iterdir())
