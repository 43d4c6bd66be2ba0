"""Checks of others over the templates: cdk-nag while they are made, the linter of CloudFormation afterwards."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from platform_templates import Written

SHORTEST_REASON = 20


def _said(variants: Path) -> dict[str, Any]:
    return json.loads((variants / "judged.json").read_text(encoding="utf-8"))


def test_cdk_nag_ran_and_found_nothing_that_was_not_accepted(written: Written, variants: Path):
    """It stops the app when it finds something: that templates are there says that it did not."""
    for folder in (written.folder, variants / "everything", variants / "sovereign"):
        report = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
        assert report["pluginReports"] == []


def test_cdk_nag_stops_the_app_over_a_bare_bucket_and_a_wide_role(variants: Path):
    assert "AwsSolutions-S10" in _said(variants)["bare"]
    report = json.loads((variants / "planted/validation-report.json").read_text(encoding="utf-8"))
    found = {each["ruleName"] for plugin in report["pluginReports"] for each in plugin["violations"]}
    assert {"AwsSolutions-S1", "AwsSolutions-S10", "AwsSolutions-IAM5[Action::s3:*]"} <= found


def test_what_is_accepted_is_accepted_for_a_reason(written: Written, variants: Path):
    n_found = 0
    for folder in (written.folder, variants / "everything"):
        for rule, reason in acknowledged(folder):
            n_found += 1
            assert len(reason.strip()) >= SHORTEST_REASON, rule
    assert n_found >= 20


def acknowledged(folder: Path) -> list[tuple[str, str]]:
    """Findings that were accepted, with their reasons, as the CDK writes them beside the templates."""
    found: list[tuple[str, str]] = []
    for file in folder.glob("*.metadata.json"):
        for entries in json.loads(file.read_text(encoding="utf-8")).values():
            for entry in entries:
                if "acknowledged" in entry["type"]:
                    found += entry["data"].items()
    return found


def test_stars_and_findings_are_not_accepted_without_a_reason(variants: Path):
    for said, expected in zip(
        _said(variants)["star"],
        ("an action holds a star", "says too little", "says too little", "says too little"),
        strict=True,
    ):
        assert expected in said


def test_a_release_that_is_not_on_the_list_is_refused_when_templates_are_made(variants: Path):
    """Neither the CDK nor the linter of CloudFormation refuses one."""
    assert "Unknown release of EMR 'emr-spark-8.0.0'" in _said(variants)["release"]


def test_the_linter_of_cloudformation_finds_nothing_and_would_find_a_defect(
    written: Written, variants: Path, tmp_path: Path
):
    broken = json.loads((written.folder / "GarantBatch.template.json").read_text(encoding="utf-8"))
    (application,) = [r for r in broken["Resources"].values() if r["Type"] == "AWS::EMRServerless::Application"]
    application["Properties"]["MaximumCpu"] = "12 vCPU"
    planted = tmp_path / "planted.template.json"
    planted.write_text(json.dumps(broken), encoding="utf-8")
    clean = sorted(
        map(str, [*written.folder.glob("*.template.json"), *(variants / "everything").glob("*.template.json")])
    )
    assert len(clean) == 6
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", *clean, str(planted)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    said = json.loads(found.stdout)
    assert {each["Filename"] for each in said} == {str(planted)}
    assert any("MaximumCpu" in each["Message"] for each in said)
