"""Tables that lie in a bucket, on a Spark that knows nothing of S3: tasks fetch their files and read the same rows."""

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from garant.engines.spark.engine import SparkEngine
from garant.engines.spark.sources import knows_s3, parquet_rows
from garant.exceptions import RunError
from garant.settings import load_settings
from garant.storage import S3Location, sha256_file
from garant.storage.reach import Mount, Reach

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

SCHEMA = pa.schema([("id", pa.int64()), ("amount", pa.float64()), ("word", pa.string())])

T: Any = ibis.table({"id": "int64", "amount": "float64", "word": "string"}, name="t")

Server = Any
"""The running server, as the fixture gives it."""


def written(file: Path, rows: pa.Table) -> Path:
    file.parent.mkdir(exist_ok=True)
    pq.write_table(rows, file)
    return file


@pytest.fixture
def rows() -> pa.Table:
    """Three rows, among them cells without a value."""
    return pa.table({"id": [1, 2, 3], "amount": [0.5, None, -0.0], "word": ["a", "b", None]}, schema=SCHEMA)


@pytest.fixture
def session(spark_session: SparkSession, s3: Server, monkeypatch: pytest.MonkeyPatch) -> SparkSession:
    """The session, whose workers have the keys of the bucket as a role gives them to the machines of a cluster."""
    keys = {name.upper(): value for name, value in s3.admin.items()} | {"AWS_EC2_METADATA_DISABLED": "true"}
    for name, value in keys.items():
        monkeypatch.setitem(spark_session.sparkContext.environment, name, value)
    assert not knows_s3(spark_session)
    return spark_session


@pytest.fixture
def away(s3: Server, bucket: str, rows: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Reach of a folder of this machine whose files are in a bucket alone, all columns of the last in other shapes."""
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    other = rows.select(["word", "amount", "id"]).set_column(2, "id", pa.array([7, 8, 9], pa.int32()))
    other = other.append_column("more", pa.array([True, False, None]))
    digests: dict[str, str] = {}
    for name, table in (("a.parquet", rows), ("b.parquet", other)):
        file = written(tmp_path / "sent" / name, table)
        s3.client.upload_file(str(file), bucket, f"tables/{name}")
        digests[name] = sha256_file(file)
    mount = Mount(tmp_path / "elsewhere", S3Location(bucket, "tables"), digests)
    return Reach(mounts=(mount,), settings=load_settings())


def found(session: SparkSession, files: list[Path], reach: Reach) -> list[dict[str, Any]]:
    table = parquet_rows(session, files, SCHEMA, reach).toArrow()
    assert table.schema.names == SCHEMA.names
    return table.cast(SCHEMA).sort_by("id").to_pylist()


def test_rows_of_a_bucket_are_those_of_its_files_whatever_the_order_and_width_of_their_columns(
    session: SparkSession, away: Reach, rows: pa.Table, tmp_path: Path
) -> None:
    files = [tmp_path / "elsewhere" / name for name in ("a.parquet", "b.parquet")]
    others = [{**row, "id": number} for row, number in zip(rows.to_pylist(), (7, 8, 9), strict=True)]
    assert found(session, files, away) == [*rows.to_pylist(), *others]


def test_a_table_that_lies_in_a_bucket_and_on_a_disk_has_the_rows_of_both_once(
    session: SparkSession, away: Reach, rows: pa.Table, tmp_path: Path
) -> None:
    here = written(tmp_path / "here" / "c.parquet", rows.set_column(0, "id", pa.array([4, 5, 6])))
    files = [tmp_path / "elsewhere" / "a.parquet", here]
    assert [row["id"] for row in found(session, files, away)] == [1, 2, 3, 4, 5, 6]


def test_an_object_that_was_changed_meanwhile_stops_the_command_with_one_line(
    session: SparkSession,  # noqa: ARG001 - its workers have the keys
    away: Reach,
    s3: Server,
    bucket: str,
    tmp_path: Path,
) -> None:
    other = written(tmp_path / "other.parquet", pa.table({"id": [1], "amount": [0.0], "word": ["z"]}, schema=SCHEMA))
    s3.client.upload_file(str(other), bucket, "tables/a.parquet")
    with SparkEngine(reach=away) as engine:
        engine.register("t", [tmp_path / "elsewhere" / "a.parquet"], SCHEMA)
        with pytest.raises(RunError, match=rf"s3://{bucket}/tables/a\.parquet: was changed while") as refused:
            list(engine.batches(T))
    assert "\n" not in str(refused.value)
