"""Files that workers reach through a bucket: the driver's disk is never touched, and nothing else gets into a run."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from garant.exceptions import MissingPartError, StorageError
from garant.settings import Settings
from garant.storage import LocalRuns, Run, S3Location, sha256_file, staging
from garant.storage.parquet import write_parquet
from garant.storage.reach import Mount, Reach, Written, worker_scratch

SCHEMA = pa.schema([("SK_ID_CURR", pa.int64())])

MakeSettings = Callable[[], Settings]

Client = Any
"""Client of boto3, which makes its classes at run time."""


def write_part(reach: Reach, path: Path, ids: list[int]) -> Written:
    """Write a part as a task does."""
    batch = pa.record_batch([pa.array(ids)], schema=SCHEMA)
    return reach.write(path, lambda local: write_parquet(local, [batch], SCHEMA))


def keys(client: Client, bucket: str) -> set[str]:
    """Keys of all objects of a bucket."""
    return {o["Key"] for o in client.list_objects_v2(Bucket=bucket).get("Contents", ())}


def test_a_path_on_a_disk_that_all_see_is_itself(tmp_path: Path) -> None:
    reach = Reach()
    written = write_part(reach, tmp_path / "part.parquet", [1, 2])
    with reach.reading(tmp_path / "part.parquet") as local:
        assert local == tmp_path / "part.parquet"
        assert written == Written(local, 2, local.stat().st_size, sha256_file(local))


def test_what_killed_tasks_left_is_neither_in_the_manifest_nor_in_the_run(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    run = runs.start("abc")
    written = write_part(Reach(), run.folder / "scores" / "part-00000.parquet", [1])
    for folder in ("scores", "matrix"):
        half = run.folder / folder / ".part-00000.parquet.x1y2.partial"
        half.mkdir(parents=True)
        (half / "part-00000.parquet").write_bytes(b"half")
    done = runs.commit(run, {}, written=[written])
    assert done.manifest["files"] == {"scores/part-00000.parquet": written.entry}
    assert not [path for path in tmp_path.rglob("*") if ".partial" in path.name]


def test_a_part_that_is_not_what_its_worker_wrote_is_not_committed(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    run = runs.start("abc")
    written = write_part(Reach(), run.folder / "part.parquet", [1])
    write_part(Reach(), run.folder / "part.parquet", [2])
    with pytest.raises(StorageError, match="is not the file that was written there"):
        runs.commit(run, {}, written=[written])
    assert runs.committed("abc") is None


@pytest.mark.xdist_group("s3")
class TestBucket:
    @pytest.fixture
    def place(self, bucket: str) -> S3Location:
        return S3Location(bucket, "runs")

    def test_tasks_fetch_and_send_without_the_disk_of_the_driver(
        self, place: S3Location, settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scratch = tmp_path / "worker"
        scratch.mkdir()
        monkeypatch.setenv("SPARK_LOCAL_DIRS", str(scratch))
        reach = Reach((Mount(Path("/nowhere/attempt"), place),), settings())
        written = write_part(reach, Path("/nowhere/attempt/matrix/part-00000.parquet"), [7])
        with reach.reading(written.path) as local:
            assert local.name == "part-00000.parquet"
            assert local.is_relative_to(scratch)
            assert sha256_file(local) == written.sha256
        assert not list(scratch.iterdir())
        assert reach.place(written.path) == place / "matrix/part-00000.parquet"

    def test_an_object_that_changed_since_it_was_shared_is_refused(
        self, place: S3Location, settings: MakeSettings, client: Client
    ) -> None:
        reach = Reach((Mount(Path("/nowhere"), place, {"a.parquet": "0" * 64}),), settings())
        client.put_object(Bucket=place.bucket, Key="runs/a.parquet", Body=b"other")
        with (
            pytest.raises(StorageError, match="was changed while the command ran"),
            reach.reading(Path("/nowhere/a.parquet")),
        ):
            pass

    def test_an_object_that_is_not_there_is_said(
        self, place: S3Location, settings: MakeSettings, client: Client
    ) -> None:
        # Of the same beginning, but not it.
        client.put_object(Bucket=place.bucket, Key="runs/a.parquet.old", Body=b"other")
        reach = Reach((Mount(Path("/nowhere"), place),), settings())
        with (
            pytest.raises(StorageError, match=r"runs/a\.parquet: is not there\. Run the command again"),
            reach.reading(Path("/nowhere/a.parquet")),
        ):
            pass

    def test_a_run_holds_what_tasks_sent_and_nothing_that_was_shared_or_left(
        self, place: S3Location, settings: MakeSettings, tmp_path: Path, client: Client
    ) -> None:
        accepted, prefix = tmp_path / "accepted", "runs/run_id=abc/attempt=1"
        write_part(Reach(), accepted / "application" / "part-00000.parquet", [1])
        with staging(settings()) as at:
            runs = at.runs(place)
            run = runs.start("abc")
            mounts = runs.mounts(run, accepted, [accepted / "application" / "part-00000.parquet"])
            reach = Reach(mounts, settings())
            with reach.reading(accepted / "application" / "part-00000.parquet") as local:
                assert not local.is_relative_to(tmp_path / "accepted")
            sent = write_part(reach, run.folder / "scores" / "part-00000.parquet", [1, 2])
            (run.folder / "scores.csv").write_text("1")
            client.put_object(Bucket=place.bucket, Key=f"{prefix}/scores/zombie", Body=b"x")
            done = runs.commit(run, {}, written=[sent])
        files: Any = done.manifest["files"]
        assert files["scores/part-00000.parquet"] == sent.entry
        assert set(files) == {"scores/part-00000.parquet", "scores.csv"}
        inside = {key.removeprefix(f"{prefix}/") for key in keys(client, place.bucket) if key.startswith(prefix)}
        assert inside == {*files, "manifest.json", ".writer"}

    def test_a_part_that_did_not_arrive_is_not_committed(
        self, place: S3Location, settings: MakeSettings, client: Client
    ) -> None:
        with staging(settings()) as at:
            runs = at.runs(place)
            run: Run = runs.start("abc")
            absent = Written(run.folder / "scores" / "part.parquet", 1, 10, "0" * 64)
            with pytest.raises(StorageError, match="is not the file that was written there"):
                runs.commit(run, {}, written=[absent])
            assert runs.committed("abc") is None
        assert not [key for key in keys(client, place.bucket) if key.endswith("COMMITTED")]


def test_a_relative_path_means_the_folder_of_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reach = Reach()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert reach.place(Path("runs/a.parquet")) == tmp_path / "runs" / "a.parquet"
    assert reach.place(tmp_path / "b") == tmp_path / "b"


def test_a_worker_that_cannot_ask_a_bucket_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = (Mount(Path("/nowhere"), S3Location("lender", "runs")),)
    with (
        pytest.raises(StorageError, match="the settings of S3 did not reach this worker"),
        Reach(mounts).reading(Path("/nowhere/a.parquet")),
    ):
        pass
    monkeypatch.setitem(sys.modules, "garant.storage.s3", None)
    with pytest.raises(MissingPartError, match=r"pip install 'garant\[aws\]'"):
        write_part(Reach(mounts), Path("/nowhere/a.parquet"), [1])


@pytest.mark.parametrize("said", [None, "", "nowhere"])
def test_scratch_of_a_worker_lies_in_the_system_s_place_where_spark_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "system"))
    (tmp_path / "system").mkdir()
    if said is None:
        monkeypatch.delenv("SPARK_LOCAL_DIRS", raising=False)
    else:
        monkeypatch.setenv("SPARK_LOCAL_DIRS", said)
    with worker_scratch() as scratch:
        (scratch / "a").touch()
        assert scratch.parent == tmp_path / "system"
        assert scratch.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "system").iterdir())


def test_a_manifest_says_rows_of_parquet_alone(tmp_path: Path) -> None:
    said = [Written(tmp_path / name, 3, 10, "0" * 64).entry for name in ("a.parquet", "a.csv")]
    assert [entry.get("rows") for entry in said] == [3, None]
