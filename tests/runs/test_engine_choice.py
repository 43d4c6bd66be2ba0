"""`--engine auto`: which engine runs, why, and that Spark is not started in vain."""

import json
from math import inf
from pathlib import Path

import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.runs import engine_choice
from garant.runs.engine_choice import DUCKDB, SPARK, Pace, break_even, chosen_engine
from garant.settings import Settings

CLUSTER = "spark://127.0.0.1:1"


def test_what_is_expected_is_what_was_measured(project: Path) -> None:
    measured = json.loads((project / "benchmarks" / "results" / "spark.json").read_text("utf-8"))
    paces = measured["whole_job"]["extrapolated"]["paces"]
    for name, pace in (("duckdb", DUCKDB), ("spark", SPARK)):
        found = paces[name]["score"]
        assert (pace.start_s, pace.vcpu_s_per_row) == (found["start_s"], found["vcpu_s_per_row"])


@pytest.mark.parametrize("vcpus", [64, 1_000])
def test_from_the_break_even_on_spark_is_the_faster_one(vcpus: int) -> None:
    rows = break_even(here=2, cluster=vcpus)
    for n_rows, first in ((int(0.99 * rows), "duckdb"), (int(1.01 * rows), "spark")):
        seconds = {"duckdb": DUCKDB.seconds(n_rows, 2), "spark": SPARK.seconds(n_rows, vcpus)}
        assert min(seconds, key=seconds.__getitem__) == first


def test_on_the_same_cores_spark_never_pays() -> None:
    assert break_even(here=2, cluster=2) == inf


@pytest.mark.parametrize("master", [None, "local[2]"])
def test_without_a_cluster_duckdb_runs_however_many_rows(master: str | None) -> None:
    with chosen_engine("auto", Settings(spark_master=master), n_rows=10**15) as (engine, choice):
        assert isinstance(engine, DuckDBEngine)
    assert choice.name == "duckdb"
    assert ("GARANT_SPARK_MASTER=local[2] is this machine" if master else "no cluster is named") in choice.why


def test_few_rows_do_not_wait_for_a_cluster_that_is_not_even_there() -> None:
    with chosen_engine("auto", Settings(spark_master=CLUSTER, threads=2), n_rows=1_000_000) as (engine, choice):
        assert isinstance(engine, DuckDBEngine)
    assert choice.why.startswith("1,000,000 rows are done here before any cluster has begun; that pays from ")


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
@pytest.mark.usefixtures("spark_session")
class TestWithSpark:
    def test_a_cluster_that_is_too_small_is_left_to_others(self) -> None:
        with chosen_engine("auto", Settings(spark_master=CLUSTER, threads=2), n_rows=10**12) as (engine, choice):
            assert isinstance(engine, DuckDBEngine)
        assert choice.name == "duckdb"
        assert "of Spark on 2 vCPUs" in choice.why

    def test_a_cluster_that_is_done_first_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from garant.engines.spark import SparkEngine

        monkeypatch.setattr(engine_choice, "DUCKDB", Pace(start_s=0, vcpu_s_per_row=1))
        with chosen_engine("auto", Settings(spark_master=CLUSTER, threads=2), n_rows=10**8) as (engine, choice):
            assert isinstance(engine, SparkEngine)
        assert choice.name == "spark"
        # 17.5 s + 10⁸ rows of 21.8 µs, and 10⁸ rows of a second, on two cores each.
        assert choice.why == ("about 18.5 min are expected of Spark on 2 vCPUs, about 13,888.9 h of DuckDB on 2 here.")

    def test_what_was_asked_for_is_not_questioned(self) -> None:
        from garant.engines.spark import SparkEngine

        with chosen_engine("spark", Settings(), n_rows=1) as (engine, choice):
            assert isinstance(engine, SparkEngine)
        assert (choice.name, choice.why) == ("spark", "")
