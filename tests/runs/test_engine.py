"""Which engine a command gets."""

import sys

import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import MissingPartError
from garant.runs.engine import open_engine
from garant.settings import Settings


def test_without_pyspark_it_is_said_what_to_install_and_duckdb_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "garant.engines.spark", None)
    with pytest.raises(MissingPartError, match=r"pip install 'garant\[spark\]'"):
        open_engine("spark", Settings())
    assert isinstance(open_engine("duckdb", Settings()), DuckDBEngine)
