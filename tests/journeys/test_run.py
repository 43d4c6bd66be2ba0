"""A folder of runs after the scores are there: run again, listed, verified, erased from, swept; on a disk and on S3."""

import io
import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]

Server = Any
"""The running server, as the fixture gives it."""


@pytest.fixture
def key(tmp_path: Path) -> dict[str, str]:
    """Environment of a lender whose key of suppression lists is the test's own."""
    return {"GARANT_SUPPRESSION_KEY": str(tmp_path / "suppression.key")}


@pytest.fixture
def runs(run: dict[str, Any], tmp_path: Path) -> Path:
    """A folder that holds the run of the journey."""
    shutil.copytree(Path(run["folder"]).parents[1], tmp_path / "runs")
    return tmp_path / "runs"


def a_client(run: dict[str, Any]) -> int:
    """Somebody who was scored."""
    return pq.read_table(Path(run["folder"]) / "scores").column("SK_ID_CURR")[7].as_py()


def test_a_person_is_erased_and_stays_away_and_every_step_says_so(
    garant: Garant, lender: Path, model: Path, run: dict[str, Any], runs: Path, key: dict[str, str]
) -> None:
    client = a_client(run)
    listed = garant("run", "list", runs, "--output", "json").json
    assert [(found["run_id"], found["attempt"], found["current"], found["erased"]) for found in listed] == [
        (run["run_id"], 1, True, 0)
    ]
    assert listed[0]["digest"] == run["manifest_digest"]

    said = garant("run", "erase", str(client), "--runs", runs, **key)
    assert said.code == 0, said.err
    assert "3 rows taken out of matrix/part-00000.parquet, scores.csv, scores/part-00000.parquet" in said.out
    assert "Not touched: your raw data" in said.out
    assert "suppression.key: key of the list made, mode 0600. Keep a copy" in said.err
    assert garant("run", "verify", runs).code == 0
    again = garant("run", "erase", str(client), "--runs", runs, **key)
    assert again.code == 0
    assert "nothing to rewrite" in again.out

    # The raw data still hold the person: the run that was erased from is not taken for this one.
    arguments = ("score", lender, "--bundle", model, "--out", runs, "--format", "csv", "--output", "json")
    scored = garant(*arguments, **key)
    assert "left out because they were erased from the folder of runs: 1 clients" in scored.err
    assert not scored.json["repeated"]
    assert scored.json["run_id"] != run["run_id"]
    assert scored.json["rows"]["suppressed"] == 1
    assert scored.json["rows"]["applicants"] == run["rows"]["applicants"] - 1
    folder = Path(scored.json["folder"])
    assert client not in pq.read_table(folder / "scores").column("SK_ID_CURR").to_pylist()
    assert str(client) not in (folder / "scores.csv").read_text()
    assert garant(*arguments, **key).json["repeated"]
    refused = garant(*arguments, GARANT_SUPPRESSION_KEY=str(runs / "none"))
    assert refused.code == 2
    assert "nobody can tell who is on the list" in refused.err


def test_who_is_named_in_a_file_is_erased_too_and_a_wrong_number_changes_nothing(
    garant: Garant, run: dict[str, Any], runs: Path, key: dict[str, str], tmp_path: Path
) -> None:
    wanted = sorted(pq.read_table(Path(run["folder"]) / "scores").column("SK_ID_CURR").to_pylist())[:3]
    (tmp_path / "people.txt").write_text("SK_ID_CURR\n" + "".join(f"{client}\n" for client in wanted[1:]))
    said = garant("run", "erase", "5", "--runs", runs, **key)
    assert said.code == 2
    assert "nothing was changed" in said.err
    assert not (runs / "suppressed.json").exists()
    said = garant("run", "erase", "--runs", runs, **key)
    assert said.code == 2
    assert "name at least one SK_ID_CURR" in said.err
    arguments = ("--runs", runs, "--subjects", tmp_path / "people.txt", "--output", "json")
    said = garant("run", "erase", str(wanted[0]), *arguments, **key)
    assert said.code == 0, said.err
    assert (said.json["listed"], said.json["runs"][0]["rows"]) == (3, 9)


def test_a_changed_file_is_found_and_the_attempt_of_a_dead_writer_is_swept(garant: Garant, runs: Path) -> None:
    assert garant("run", "sweep", runs).out == "Nothing to sweep.\n"
    attempt = next(runs.glob("run_id=*/attempt=1"))
    shutil.copytree(attempt, attempt.with_name("attempt=2"))
    swept = garant("run", "sweep", runs)
    assert swept.code == 0
    assert "1 attempts removed, 0 left." in swept.out
    assert [path.name for path in attempt.parent.glob("attempt=*")] == ["attempt=1"]
    (attempt / "scores.csv").write_text("")
    said = garant("run", "verify", runs)
    assert said.code == 3
    assert "scores.csv is another file" in said.err
    (attempt / "scores.csv").unlink()
    assert "scores.csv is gone" in garant("run", "verify", runs).err
    broken = runs / "run_id=broken"
    (broken / "attempt=1").mkdir(parents=True)
    (broken / "COMMITTED").write_text('{"attempt": 1}')
    (broken / "attempt=1" / "manifest.json").write_text("{")
    said = garant("run", "verify", runs)
    assert said.code == 3
    assert "scores.csv is gone" in said.err
    assert "run_id=broken" in said.err
    listed = garant("run", "list", runs)
    assert listed.code == 3
    assert "run_id=broken" in listed.err
    assert listed.out.count("score") >= 1


def versions(s3: Server, bucket: str) -> dict[tuple[str, str], bytes]:
    """Every version of every object, deletions too."""
    answer = s3.client.list_object_versions(Bucket=bucket)
    assert not answer["IsTruncated"]
    found = {(marker["Key"], marker["VersionId"]): b"" for marker in answer.get("DeleteMarkers", ())}
    for version in answer["Versions"]:
        of = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        found[version["Key"], version["VersionId"]] = s3.client.get_object(**of)["Body"].read()
    return found


def speaks_of(client: int, key: str, content: bytes) -> bool:
    """Whether an object names a client."""
    if key.endswith(".parquet") and content:
        table = pq.read_table(io.BytesIO(content))
        return "SK_ID_CURR" in table.column_names and client in table.column("SK_ID_CURR").to_pylist()
    return str(client).encode() in content


def test_in_a_bucket_that_keeps_versions_the_same_run_writes_nothing_and_no_version_names_who_was_erased(
    garant: Garant, lender: Path, model: Path, run: dict[str, Any], s3: Server, bucket: str, key: dict[str, str]
) -> None:
    s3.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    out, client = f"s3://{bucket}/runs", a_client(run)
    arguments = ("score", lender, "--bundle", model, "--out", out, "--format", "csv", "--output", "json")
    first = garant(*arguments, **key)
    assert first.code == 0, first.err
    assert first.json["manifest_digest"] == run["manifest_digest"]
    before = versions(s3, bucket)
    assert any(speaks_of(client, name, content) for (name, _), content in before.items())

    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    again = garant(*arguments, **key)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used
    assert (again.code, again.json["repeated"]) == (0, True)
    assert versions(s3, bucket) == before
    # Seconds of CPU, since the machine of a test has other work: 2.4 on a disk, with two busy cores.
    assert used < 4.0

    said = garant("run", "erase", str(client), "--runs", out, "--output", "json", **key)
    assert said.code == 0, said.err
    assert said.json["tells_versions"]
    assert [erased["place"] for erased in said.json["runs"]] == [f"{out}/run_id={run['run_id']}/attempt=2"]
    after = versions(s3, bucket)
    assert not [name for (name, _), content in after.items() if speaks_of(client, name, content)]
    assert json.loads(s3.client.get_object(Bucket=bucket, Key="runs/current.json")["Body"].read()) == {
        "attempt": 2,
        "run_id": run["run_id"],
    }
    assert garant("run", "verify", out).code == 0
    assert garant("run", "sweep", out).out == "Nothing to sweep.\n"
    since = garant(*arguments, "--since", "current", **key).json
    assert (since["kept"], since["rows"]["suppressed"]) == (run["rows"]["applicants"] - 1, 1)
    assert not [n for (n, _), content in versions(s3, bucket).items() if speaks_of(client, n, content)]
