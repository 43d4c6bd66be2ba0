"""The main road with every folder in a bucket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.xdist_group("s3")

Garant = Callable[..., Any]


@pytest.fixture
def keys(s3: Any, bucket: str) -> Callable[[str], set[str]]:
    """Keys below a prefix, without the prefix."""

    def listed(prefix: str) -> set[str]:
        pages = s3.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {found["Key"].removeprefix(prefix) for page in pages for found in page.get("Contents", ())}

    return listed


def test_synth_check_train_score_explain_in_a_bucket_say_the_same_as_on_a_disk(
    garant: Garant, s3: Any, bucket: str, keys: Callable[[str], set[str]], tmp_path: Path
) -> None:
    def ran(*arguments: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - what a command said
        said = garant(*arguments)
        assert said.code == code, said.err
        assert "staging" not in said.out + said.err
        assert "hush" not in said.out + said.err
        return said

    there, here = f"s3://{bucket}", tmp_path
    for place in (there, here):
        ran("synth", f"{place}/lender", "--scale", "0.003", "--format", "csv")
        ran("check", f"{place}/lender", "--out", f"{place}/accepted", code=1)
        ran("train", f"{place}/accepted", "--bundle", f"{place}/models/a", "--fast")
        ran("manifest", "write", f"{place}/lender")
    assert keys("lender/") == {p.relative_to(here / "lender").as_posix() for p in files(here / "lender")}
    assert keys("accepted/") == {p.relative_to(here / "accepted").as_posix() for p in files(here / "accepted")}
    assert keys("models/") == {p.relative_to(here / "models").as_posix() for p in files(here / "models")}
    for name in ("accepted/manifest.json", "models/a/bundle.json", "lender/garant-manifest.json"):
        assert s3.client.get_object(Bucket=bucket, Key=name)["Body"].read() == (here / name).read_bytes()

    arguments = ("--format", "csv", "--output", "json")
    runs = [
        ran("score", f"{place}/lender", "--bundle", f"{place}/models/a", "--out", f"{place}/runs", *arguments).json
        for place in (there, here)
    ]
    assert runs[0]["folder"].startswith(f"s3://{bucket}/runs/run_id=")
    assert {**runs[0], "folder": ""} == {**runs[1], "folder": ""}
    pointer = json.loads(s3.client.get_object(Bucket=bucket, Key="runs/current.json")["Body"].read())
    attempt = f"runs/run_id={pointer['run_id']}/attempt={pointer['attempt']}/"
    assert keys(attempt) - {".writer"} == {p.relative_to(here / attempt).as_posix() for p in files(here / attempt)}
    for part in files(here / attempt):
        name = part.relative_to(here).as_posix()
        assert s3.client.get_object(Bucket=bucket, Key=name)["Body"].read() == part.read_bytes()

    before = keys("runs/")
    again = ran("score", f"{there}/lender", "--bundle", f"{there}/models/a", "--out", f"{there}/runs", *arguments).json
    assert again["repeated"]
    assert keys("runs/") == before

    client = pq.read_table(here / attempt / "scores").column("SK_ID_CURR")[0].as_py()
    explained = [
        ran("explain", client, "--data", f"{p}/lender", "--bundle", f"{p}/models/a", "--output", "json").json
        for p in (there, here)
    ]
    assert explained[0] == explained[1]


def test_other_commands_take_a_bucket_too(
    garant: Garant, lender: Path, model: Path, s3: Any, bucket: str, keys: Callable[[str], set[str]]
) -> None:
    there = f"s3://{bucket}"
    for folder, name in ((lender, "lender"), (model, "model")):
        for path in files(folder):
            key = f"{name}/{path.relative_to(folder).as_posix()}"
            s3.client.upload_file(str(path), bucket, key)
    (shown, here) = (garant("bundle", "show", place, "--output", "json") for place in (f"{there}/model", model))
    assert shown.json == here.json
    said = garant("bundle", "recut", f"{there}/model", "--costs", "1:19", "--out", f"{there}/strict")
    assert said.code == 0, said.err
    assert keys("strict/") >= {"bundle.json", "model.txt"}
    said = garant("bundle", "recut", f"{there}/model", "--costs", "1:19", "--out", f"{there}/strict")
    assert said.code == 2
    assert f"{there}/strict: holds a bundle already" in said.err
    said = garant("feature", "build", f"{there}/lender", "--out", f"{there}/features")
    assert said.code == 0, said.err
    assert "manifest.json" in keys("features/")
    assert garant("feature", "list", "--bundle", f"{there}/model", "--output", "json").code == 0
    said = garant("init", f"{there}/lender")
    assert said.code == 2
    assert f"{there}/lender/tables.toml exists already" in said.err
    assert garant("init", f"{there}/lender", "--force").code == 0
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
