"""The session of a process: which one is used, who stops it, how many cores it holds."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from garant.engines.spark.session import (
    RELIED_ON,
    ROWS_PER_PARTITION,
    SparkOptions,
    open_session,
    require_answer,
    require_release,
    settings_of,
    spread,
    vcpus_of,
)
from garant.exceptions import MissingPartError, UsageError

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]


def test_a_session_that_another_thread_opened_is_used_and_left_to_it(spark_session: Any) -> None:  # noqa: ANN401
    with ThreadPoolExecutor(1) as thread:
        session, is_own = thread.submit(open_session, SparkOptions(master="local[2]")).result()
    assert not is_own
    assert session.sparkContext is spark_session.sparkContext


def test_cores_of_one_machine_are_counted_once(spark_session: Any) -> None:  # noqa: ANN401
    assert vcpus_of(spark_session) == 2


def test_more_rows_get_more_partitions_unless_the_user_said_how_many(spark_session: Any) -> None:  # noqa: ANN401
    conf, name = spark_session.conf, "spark.sql.shuffle.partitions"
    before = conf.get(name)
    try:
        spread(spark_session, 20 * ROWS_PER_PARTITION + 1)
        assert conf.get(name) == "21"
        spread(spark_session, 1)
        assert conf.get(name) == before == "4"
        conf.set(name, "3")
        spread(spark_session, 20 * ROWS_PER_PARTITION)
        assert conf.get(name) == "3"
    finally:
        conf.set(name, before)


@pytest.mark.parametrize("master", ["spark://127.0.0.1:1", "spark://127.0.0.1:1,127.0.0.1:2", "spark://127.0.0.1"])
def test_a_cluster_that_is_not_there_is_told_at_once(master: str) -> None:
    with pytest.raises(UsageError, match=r"no master of Spark answers there .* correct GARANT_SPARK_MASTER"):
        require_answer(master)


def test_one_master_of_several_is_enough() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        require_answer(f"spark://127.0.0.1:1,127.0.0.1:{server.getsockname()[1]}")


@pytest.mark.parametrize(
    ("master", "here"),
    [
        ("local[2]", True),
        ("spark://127.0.0.1:7077", True),
        ("spark://localhost:7077", True),
        ("spark://lan:7077", False),
    ],
)
def test_only_a_cluster_elsewhere_may_reach_the_driver(master: str, here: bool) -> None:  # noqa: FBT001
    settings = settings_of(SparkOptions(master=master), submitted=False)
    assert (settings.get("spark.driver.bindAddress") == "127.0.0.1") == here


def test_what_spark_submit_said_stands_and_what_results_rely_on_is_set() -> None:
    options = SparkOptions(master="spark://lan:7077", memory_mb=2048)
    submitted, own = (settings_of(options, submitted=by_submit) for by_submit in (True, False))
    assert not {"spark.master", "spark.driver.memory", "spark.executor.memory"} & submitted.keys()
    assert (own["spark.master"], own["spark.executor.memory"]) == ("spark://lan:7077", "2048m")
    assert own["spark.executor.memoryOverhead"] == f"{2048 // 4 + 512}m"
    for settings in (submitted, own):
        assert RELIED_ON.items() <= settings.items()


def test_another_release_line_of_pyspark_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    require_release()
    monkeypatch.setattr("pyspark.__version__", "4.10.0")
    with pytest.raises(MissingPartError, match=r"needs pyspark 4\.1, found 4\.10\.0"):
        require_release()


def test_spark_connect_is_refused_before_anything_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            with pytest.raises(UsageError, match="Unset SPARK_REMOTE"):
                open_session(SparkOptions())
