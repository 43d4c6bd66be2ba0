"""The main road with every folder in a bucket."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]

Server = Any
"""The running server, as the fixture gives it."""


@pytest.fixture
def keys(s3: Server, bucket: str) -> Callable[[str], set[str]]:
    """Keys below a prefix, without the prefix."""

    def listed(prefix: str) -> set[str]:
        pages = s3.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {found["Key"].removeprefix(prefix) for page in pages for found in page.get("Contents", ())}

    return listed


def put(s3: Server, bucket: str, folder: Path, name: str) -> None:
    """Send a folder."""
    for path in files(folder):
        s3.client.upload_file(str(path), bucket, f"{name}/{path.relative_to(folder).as_posix()}")


def require_told(out: str, content: dict[str, Any]) -> None:
    """What a training says of the applicants that it learned from and was tested on."""
    trained_on, tested = content["training"]["rows"], content["split"]["tested_rows"]
    assert f"Measured on the {tested} later applicants, from 2026-01 on:" in out
    assert f"trained on {trained_on} applicants before 2026-01, tested on {tested} from then on" in out
    assert re.search(rf"Fairness: .*\({trained_on} applicants trained on, out of fold\)", out)
    assert "Segments of CODE_GENDER (every measure: section Segments of validation.html):" in out
    assert "MADE WITH --fast" in out


def test_training_and_scoring_in_a_bucket_give_the_bytes_of_a_disk_and_the_same_run_does_nothing(
    garant: Garant,
    lender: Path,
    model: Path,
    trained: tuple[str, ...],
    run: dict[str, Any],
    s3: Server,
    bucket: str,
    keys: Callable[[str], set[str]],
) -> None:
    there = f"s3://{bucket}"
    put(s3, bucket, lender, "raw/lender")
    # From the same seed; neither the place nor more threads nor a segment to print change a byte of the bundle.
    again = ("--bundle", f"{there}/models/a", *trained, "--segment", "CODE_GENDER")
    said = garant("train", f"{there}/raw/lender", *again, GARANT_THREADS="2")
    assert said.code == 0, said.err
    require_told(said.out, json.loads((model / "bundle.json").read_text(encoding="utf-8")))
    assert f"{there}/models/a/validation.html" in said.out
    expected = {f"a/{p.relative_to(model).as_posix()}" for p in files(model)} | {"a.oof.parquet"}
    assert keys("models/") == expected
    assert s3.client.get_object(Bucket=bucket, Key="models/a/bundle.json")["Body"].read() == (
        (model / "bundle.json").read_bytes()
    )
    assert s3.client.get_object(Bucket=bucket, Key="models/a/model.txt")["Body"].read() == (
        (model / "model.txt").read_bytes()
    )

    arguments = ("--bundle", f"{there}/models/a", "--out", f"{there}/runs", "--format", "csv", "--output", "json")
    scored = garant("score", f"{there}/raw/lender", *arguments)
    assert scored.code == 0, scored.err
    assert {**scored.json, "folder": ""} == {**run, "folder": ""}
    attempt = Path(run["folder"])
    place = f"runs/{attempt.parent.name}/{attempt.name}"
    assert scored.json["folder"] == f"{there}/{place}"
    assert keys(f"{place}/") - {".writer"} == {path.relative_to(attempt).as_posix() for path in files(attempt)}
    for path in files(attempt):
        key = f"{place}/{path.relative_to(attempt).as_posix()}"
        assert s3.client.get_object(Bucket=bucket, Key=key)["Body"].read() == path.read_bytes()
    for text in (said.out, said.err, scored.out, scored.err):
        assert "hush" not in text
        assert "staging" not in text

    before = keys("runs/")
    assert garant("score", f"{there}/raw/lender", *arguments).json["repeated"]
    assert keys("runs/") == before


def test_accepted_tables_in_a_bucket_are_read_again_from_there(
    garant: Garant, lender: Path, model: Path, s3: Server, bucket: str
) -> None:
    there = f"s3://{bucket}"
    put(s3, bucket, lender, "lender")
    assert garant("check", f"{there}/lender", "--for", "score", "--out", f"{there}/accepted").code == 1
    client = json.loads(
        garant("score", f"{there}/accepted", "--bundle", model, "--out", f"{there}/runs", "--output", "json").out
    )
    assert client["rows"]["applicants"] > 0
    said = garant("train", f"{there}/accepted", "--bundle", f"{there}/m")
    assert said.code == 2
    assert f"{there}/accepted was checked for scoring" in said.err


def test_other_commands_take_a_bucket_too(
    garant: Garant, lender: Path, model: Path, s3: Server, bucket: str, keys: Callable[[str], set[str]]
) -> None:
    there = f"s3://{bucket}"
    put(s3, bucket, lender, "lender")
    put(s3, bucket, model, "model")
    said = garant("bundle", "show", f"{there}/model", "--output", "json")
    assert said.json["recut_from"] is None
    arguments = ("bundle", "recut", f"{there}/model", "--costs", "1:19", "--out", f"{there}/strict")
    assert garant(*arguments).code == 0
    assert keys("strict/") >= {"bundle.json", "model.txt"}
    said = garant(*arguments)
    assert said.code == 2
    assert f"{there}/strict: holds a bundle already" in said.err
    said = garant("explain", "1", "--data", f"{there}/lender", "--bundle", f"{there}/model")
    assert said.code == 2
    assert "Near ids" in said.err
    said = garant("init", f"{there}/lender")
    assert said.code == 2
    assert f"{there}/lender/tables.toml exists already" in said.err
    assert garant("manifest", "write", f"{there}/lender").code == 0
    assert garant("manifest", "verify", f"{there}/lender").code == 0
    s3.client.put_object(Bucket=bucket, Key="lender/bureau.csv", Body=b"SK_ID_CURR\n")
    said = garant("check", f"{there}/lender")
    assert said.code == 3
    assert "bureau.csv" in said.err


@pytest.mark.parametrize(
    "arguments", [("demo", "--folder", "s3://lender/demo"), ("check", ".", "--report", "s3://lender/page.html")]
)
def test_where_only_a_local_path_will_do_a_bucket_is_refused(
    garant: Garant, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = garant(*arguments, cwd=tmp_path)
    assert said.code == 2
    assert "only a local path" in said.err
    assert not list(tmp_path.iterdir())


def files(folder: Path) -> list[Path]:
    """Files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
