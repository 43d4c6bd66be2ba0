"""What every test may use: the project's folder, the folder of real samples, quiet threads."""

import os
from pathlib import Path

import hypothesis
import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores: OpenMP threads of one that wait actively would slow the other down several times.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples in every run, so that a failure belongs to the change at hand; no deadline, because machines differ.
hypothesis.settings.register_profile("garant", deadline=None, derandomize=True)
hypothesis.settings.load_profile("garant")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real samples beside the project: they may not be shipped, so whoever lacks them skips."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real samples are absent (expected in ../shared/data beside the project)")
    return folder
