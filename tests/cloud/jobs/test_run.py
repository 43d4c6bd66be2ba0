"""A run is started once, whoever dies meanwhile; what it leaves is verified and priced."""

import json
import re
from pathlib import Path

import pytest

from garant.cloud.names import execution_name
from job_platform import BUCKETS, Platform
from job_scripts import fails_twice, really_run


@pytest.fixture
def uploaded(platform: Platform) -> Platform:
    """The platform with the tables of the lender."""
    said = platform.garant("upload", str(platform.lender))
    assert said.code == 0, said.err
    return platform


def test_a_job_makes_the_run_that_score_makes_and_is_started_once(uploaded: Platform, tmp_path: Path) -> None:
    from garant.cli.app import run as garant

    against_policy: list[str] = []
    uploaded.cloud.script = really_run(uploaded.s3, tmp_path, against_policy)
    options = ("--explain", "none", "--output", "json")
    said = uploaded.run(*options)
    uploaded.cloud.wait()
    assert said.code in {0, 1}, said.err
    assert against_policy == [], "a job writes below the prefixes of its run and its pointer alone"
    run_id = said.json["run_id"]
    assert uploaded.cloud.started == [execution_name(run_id, 0)]
    assert "  line of the driver" in said.err
    assert "job" in said.err
    assert said.json["billed"]["vcpu_hours"] == 0.5
    # 0.5 vCPU-hours x 0.06318 + 2.5 GB-hours x 0.00689, the prices of Paris.
    assert said.json["billed"]["usd"] == pytest.approx(0.0488, abs=1e-4)
    assert json.loads(uploaded.read("results", "runs/current.json"))["run_id"] == run_id
    assert said.json["folder"] == f"s3://{BUCKETS['results']}/runs/run_id={run_id}/attempt=1"
    assert said.json["pca"].startswith(f"s3://{BUCKETS['results']}/pca/{run_id}/run_id=")
    scored = {key.rpartition("/")[2] for key in uploaded.keys("results", f"pca/{run_id}/")}
    assert {"pca_scores.csv", "pca_loadings.csv", "pca_explained_variance.csv"} <= scored

    # The same on this machine: the same id, the same content.
    out = tmp_path / "here"
    words = ("--bundle", uploaded.bundle, "--out", out, "--format", "csv", "--explain", "none")
    assert garant(["score", str(uploaded.lender), *map(str, words)]) == said.code
    assert json.loads((out / "current.json").read_text())["run_id"] == run_id
    there = json.loads(uploaded.read("results", f"runs/run_id={run_id}/attempt=1/manifest.json"))
    assert json.loads((out / f"run_id={run_id}/attempt=1/manifest.json").read_text())["files"] == there["files"]

    again = uploaded.run(*options)
    assert again.code == said.code
    assert "is there already: nothing was started" in again.err
    assert again.json == said.json
    assert uploaded.cloud.started == [execution_name(run_id, 0)]

    # Scores without the components that are asked for are half of it, as after a job that failed between the two.
    uploaded.cloud.script = fails_twice(uploaded.s3)
    assert uploaded.run("--components", "3", *options).code == 3
    assert uploaded.cloud.started == [execution_name(run_id, start) for start in range(2)]

    # A file that is not what its manifest says is no run to use.
    uploaded.s3.put_object(Bucket=BUCKETS["results"], Key=f"runs/run_id={run_id}/attempt=1/scores.csv", Body=b"x")
    broken = uploaded.run(*options)
    assert broken.code == 3
    assert "1 files are not those of its manifest (scores.csv)" in broken.err


def test_a_run_that_failed_is_told_why_and_started_anew(uploaded: Platform) -> None:
    uploaded.cloud.script = fails_twice(uploaded.s3)
    said = uploaded.run("--components", "0")
    assert said.code == 3
    assert "attempt 2: failed (planted)" in said.err
    assert "  error: planted" in said.err, "the end of what the driver said"
    [first] = uploaded.cloud.started
    run_id = first.split("-")[1]
    assert uploaded.run("--components", "0").code == 3
    assert uploaded.cloud.started == [execution_name(run_id, 0), execution_name(run_id, 1)]

    followed = uploaded.garant("follow")
    assert followed.code == 3
    assert f"Run {run_id} failed: run-{run_id}-1 ended as FAILED" in followed.err
    cost = uploaded.garant("cost", run_id, "--output", "json")
    assert cost.code == 0, cost.err
    assert len(cost.json["jobs"]) == 4, "both attempts of both starts are billed"
    assert cost.json["billed"]["vcpu_hours"] == 2.0
    assert "leaves out workers that wait ready" in uploaded.garant("cost").out


def test_success_without_a_run_is_no_success(uploaded: Platform) -> None:
    def lies(job: object) -> None:
        job.attempt()  # pyright: ignore[reportAttributeAccessIssue]
        job.state("SUCCESS")  # pyright: ignore[reportAttributeAccessIssue]
        job.ends("SUCCEEDED")  # pyright: ignore[reportAttributeAccessIssue]

    uploaded.cloud.script = lies
    said = uploaded.run()
    assert said.code == 3
    assert re.search(r"run_id=[0-9a-f]{16}: nothing is committed there", said.err)
