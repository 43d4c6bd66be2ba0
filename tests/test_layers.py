"""The direction of imports is really watched: each wrong import, planted in a copy of the tree, breaks its contract."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = {
    "exceptions.py": "import garant.storage",  # upwards
    "helpers.py": "",  # a module that no layer names
    "features/planted.py": "import garant.engines.protocol",
    "models/planted.py": "import pandas",
    "scoring/planted.py": "import fastapi",
    "policy/planted.py": "import pyspark.sql",
    "scoring/planted_too.py": "import optbinning",
}


@pytest.fixture(scope="module")
def verdict(project: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says about the tree with all wrong imports in it, white space folded."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(project / "pyproject.toml", copy)
    shutil.copytree(project / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in PLANTED.items():
        with (copy / "src" / "garant" / name).open("a") as module:
            module.write(f"\n{line}\n")
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "found",
    [
        "garant.exceptions is not allowed to import garant.storage",
        "garant.helpers",
        "garant.features is not allowed to import garant.engines",
        "garant is not allowed to import pandas",
        "garant is not allowed to import fastapi",
        "garant is not allowed to import pyspark",
        "garant is not allowed to import optbinning",
    ],
)
def test_a_wrong_import_is_found(verdict: str, found: str) -> None:
    assert found in verdict
