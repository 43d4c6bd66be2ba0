"""The session of a process: which one is used, who stops it, how many cores it holds."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from garant.engines.spark.session import (
    ROWS_PER_PARTITION,
    SparkOptions,
    open_session,
    require_answer,
    spread,
    vcpus_of,
)
from garant.exceptions import UsageError

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
