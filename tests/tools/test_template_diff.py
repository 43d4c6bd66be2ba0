"""What a change does to the templates is told to whoever approves it, with rights and data marked."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Tell = Callable[[dict[str, Any] | None, dict[str, Any] | None], tuple[int, str]]

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"Action": "s3:GetObject"}]}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"Tags": ["a"]}, "Metadata": {"aws:cdk:path": "x"}}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 1}}


@pytest.fixture
def told(project: Path, tmp_path: Path) -> Tell:
    def told(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[int, str]:
        for name, resources in (("old", old), ("new", new)):
            if resources is not None:
                (tmp_path / name).mkdir()
                text = json.dumps({"Resources": resources})
                (tmp_path / name / "GarantData.template.json").write_text(text, encoding="utf-8")
        command = [sys.executable, project / "tools" / "template_diff.py", tmp_path / "old", tmp_path / "new"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not done.stderr
        return done.returncode, done.stdout

    return told


def test_equal_templates_do_not_change_whatever_the_cdk_notes(told: Tell):
    moved = {**BUCKET, "Metadata": {"aws:cdk:path": "y"}}

    assert told({"B": BUCKET}, {"B": moved, "N": {"Type": "AWS::CDK::Metadata"}}) == (
        0,
        "The templates do not change.\n",
    )


def test_rights_and_lost_data_are_marked(told: Tell):
    wider = {**ROLE, "Properties": {"Policies": [{"Action": "s3:*"}]}}
    code, said = told(
        {"R": ROLE, "B": BUCKET, "A": ALARM}, {"R": wider, "A": {**ALARM, "Properties": {"Threshold": 2}}}
    )

    assert code == 0
    assert "3 resources differ." in said
    assert "| GarantData | goes | B | AWS::S3::Bucket |  | DATA |" in said
    assert "| GarantData | changes | R | AWS::IAM::Role | Properties.Policies | rights |" in said
    assert "| GarantData | changes | A | AWS::CloudWatch::Alarm | Properties.Threshold |  |" in said


def test_templates_where_there_were_none_all_come(told: Tell):
    code, said = told(None, {"B": BUCKET, "R": ROLE})

    assert code == 0
    assert "| GarantData | comes | R | AWS::IAM::Role |  | rights |" in said
    assert "| GarantData | comes | B | AWS::S3::Bucket |  |  |" in said


def test_no_templates_at_all_are_no_answer(told: Tell):
    assert told({"B": BUCKET}, None)[0] == 2
