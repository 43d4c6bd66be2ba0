"""Rules of the lender go with the job: the run is that of these rules, here and there."""

import os
from importlib.resources import files
from pathlib import Path

import pytest

from garant.cloud.job_words import POLICY_FROM, with_policy
from garant.exceptions import StorageError
from garant.policy.policy import load_policy
from job_platform import BUCKETS, Platform


def test_rules_are_sent_once_and_the_driver_takes_them(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert platform.garant("upload", str(platform.lender)).code == 0
    shipped = platform.run("--plan", "--output", "json").json["run_id"]
    rules = tmp_path / "rules.toml"
    text = files("garant.policy").joinpath("default.toml").read_text(encoding="utf-8")
    rules.write_text(text + "\n# ours\n", encoding="utf-8")
    monkeypatch.setenv("GARANT_POLICY_FILE", str(rules))
    platform.cloud.script = lambda job: job.ends("FAILED")
    said = platform.run("--components", "0")
    assert said.code == 3
    [name] = platform.cloud.started
    assert name.split("-")[1] != shipped
    arn = platform.cloud.aws.client("stepfunctions").list_state_machines()["stateMachines"][0]["stateMachineArn"]
    [listed] = platform.cloud.aws.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    found = platform.cloud.aws.client("stepfunctions").describe_execution(executionArn=listed["executionArn"])
    assert f'"{POLICY_FROM}", "s3://{BUCKETS["curated"]}/environments/' in found["input"]

    words = found["input"].split(f'"{POLICY_FROM}", "')[1].split('"')[0]
    folder = tmp_path / "driver"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert with_policy([POLICY_FROM, words, "score"]) == ["score"]
    assert load_policy(Path(os.environ["GARANT_POLICY_FILE"])).digest == load_policy(rules).digest
    with pytest.raises(StorageError, match="is not there"):
        with_policy([POLICY_FROM, f"{words}x", "score"])
