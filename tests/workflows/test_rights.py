"""Rules for workflows that no linter holds alone: whose code runs, with which rights, how long, where secrets go."""

import re
from pathlib import Path

import pytest

from workflow_files import Step, Workflow, steps, workflows

READ = {"contents": "read"}
# Which job may do more than read, and why it needs to: anything else is a finding.
MORE = {
    ("environment", "attest"): {"id-token": "write", "attestations": "write"},
    ("release", "environment"): {**READ, "id-token": "write", "attestations": "write"},
    ("release", "attest"): {"id-token": "write", "attestations": "write"},
    ("release", "publish"): {"id-token": "write"},
    ("release", "page"): {"contents": "write"},
    ("deploy", "compare"): {**READ, "id-token": "write"},
    ("deploy", "deploy"): {**READ, "id-token": "write"},
}
RUNNERS = {"ubuntu-24.04"}
# Only with these may a secret be read, since a person approves their jobs.
ENVIRONMENTS = {"release", "pypi", "production"}


@pytest.fixture(scope="module")
def all_workflows(project: Path) -> list[Workflow]:
    found = workflows(project)
    if not found:
        pytest.skip("an unpacked source archive holds no workflows")
    return found


def test_a_workflow_has_no_right_and_each_job_only_those_that_are_listed(all_workflows: list[Workflow]):
    rights = {(one.name, name): job["permissions"] for one in all_workflows for name, job in one.jobs.items()}

    assert all(one.said["permissions"] == {} for one in all_workflows)
    assert rights == {place: MORE.get(place, READ) for place in rights}
    assert set(MORE) <= set(rights)


def test_no_workflow_runs_foreign_code_with_our_rights(all_workflows: list[Workflow]):
    events = {
        event
        for one in all_workflows
        for event in ([one.said["on"]] if isinstance(one.said["on"], str) else one.said["on"])
    }

    assert events <= {"push", "pull_request", "schedule", "workflow_call", "workflow_dispatch"}


def test_every_job_has_a_named_runner_and_an_end(all_workflows: list[Workflow]):
    own = [job for one in all_workflows for job in one.jobs.values() if "uses" not in job]

    assert {job["runs-on"] for job in own} == RUNNERS
    assert all(0 < job["timeout-minutes"] <= 120 for job in own)


def test_every_workflow_bounds_its_runs(all_workflows: list[Workflow]):
    assert all(one.said["concurrency"]["group"] for one in all_workflows)


def test_only_runs_of_a_pull_request_are_broken_off(all_workflows: list[Workflow]):
    # A release, a deployment or a lock that is broken off half-way is worse than one that waits.
    breaks = {one.name: one.said["concurrency"]["cancel-in-progress"] for one in all_workflows}

    assert {name: said for name, said in breaks.items() if said is not False} == {
        "ci": "${{ github.event_name == 'pull_request' }}"
    }


def test_no_checkout_leaves_a_token(project: Path):
    kept = [
        step.where
        for step in steps(project)
        if step.action.startswith("actions/checkout@")
        if step.said["with"].get("persist-credentials") is not False
    ]

    assert not kept


def test_no_script_holds_an_expression(project: Path):
    # What an expression gives is put into the script before a shell reads it: variables of the environment are not.
    assert not [step.where for step in steps(project) if "${{" in step.script]


def secrets(step: Step) -> set[str]:
    return set(re.findall(r"secrets\.(\w+)", str(step.said)))


def test_a_secret_is_for_one_step_of_a_job_that_a_person_approved(all_workflows: list[Workflow]):
    found = {
        (one.name, step.job, secret): one.jobs[step.job].get("environment")
        for one in all_workflows
        for step in one.steps()
        for secret in secrets(step)
    }

    assert ("release", "sign", "GARANT_SIGNING_KEY") in found
    assert {str(environment) for environment in found.values()} <= ENVIRONMENTS
    for one in all_workflows:
        beside_steps = re.sub(r"(?ms)^    steps:\n.*?(?=^  \S|\Z)", "", one.text)
        assert not re.findall(r"\$\{\{ *secrets\.", beside_steps), one.name


def test_a_secret_reaches_a_script_by_a_variable_and_is_not_printed(project: Path):
    for step in steps(project):
        for name, value in dict(step.said.get("env", {})).items():
            if "secrets." in str(value):
                assert not re.search(rf"\becho\b[^\n]*\${name}\b|set -x", step.script), step.where


def test_a_key_file_is_readable_by_its_owner_alone_and_removed(project: Path):
    script = next(step.script for step in steps(project) if "SIGNING_KEY" in step.said.get("env", {}))

    lines = script.splitlines()
    assert lines[0] == "umask 077"
    assert re.fullmatch(r"trap 'rm -f \"\$RUNNER_TEMP/release.key\"' EXIT", lines[1])


def test_what_may_write_builds_nothing(all_workflows: list[Workflow]):
    # A job with rights beside reading runs actions and commands over files that jobs without them made.
    for one in all_workflows:
        for name, job in one.jobs.items():
            rights = job["permissions"]
            if one.name in {"release", "environment"} and "write" in rights.values() and "uses" not in job:
                scripts = " ".join(str(step.get("run", "")) for step in job["steps"])
                assert not re.search(r"\b(pip|make|docker|python)\b", scripts), f"{one.name}: {name}"
