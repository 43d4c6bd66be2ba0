"""Which Java is taken."""

from pathlib import Path

import pytest

from garant.engines.spark.java import java_home, release
from garant.exceptions import MissingPartError


def java(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


def test_a_supported_java_home_is_kept_and_another_is_not(tmp_path: Path):
    old, new = java(tmp_path / "jvm" / "a", "17.0.15"), java(tmp_path / "other" / "b", "25.0.1")
    assert java_home({"JAVA_HOME": str(old)}, places=[]) == old
    assert java_home({"JAVA_HOME": str(new)}, places=[tmp_path / "jvm"]) == old


def test_the_newest_supported_one_of_the_system_is_taken_never_25(tmp_path: Path):
    for version in ("11.0.2", "17.0.1", "21.0.3", "25"):
        java(tmp_path / version, version)
    assert java_home({}, places=[tmp_path]).name == "21.0.3"


def test_without_one_the_message_names_what_is_there_and_the_command(tmp_path: Path):
    java(tmp_path / "x", "25.0.1")
    with pytest.raises(MissingPartError, match=r"found: Java 25.*apt-get install -y openjdk-17-jre-headless"):
        java_home({"PATH": ""}, places=[tmp_path])
    with pytest.raises(MissingPartError, match=r"needs Java 17 or 21\. Run"):
        java_home({"PATH": ""}, places=[tmp_path / "nowhere"])


def test_a_java_on_the_path_is_found_behind_its_links(tmp_path: Path):
    home = java(tmp_path / "jdk", "17.0.9")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert java_home({"PATH": str(tmp_path / "bin")}, places=[]) == home
    assert release(tmp_path) is None


def test_a_home_without_its_program_or_with_another_file_is_no_java(tmp_path: Path):
    (java(tmp_path / "removed", "17.0.9") / "bin" / "java").unlink()
    (java(tmp_path / "odd", "17.0.9") / "release").write_text("IMPLEMENTOR=x\n")
    assert [release(tmp_path / name) for name in ("removed", "odd")] == [None, None]
