"""What workflows take from others is named so that it cannot change behind our back."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from workflow_files import steps, workflows

# Digest of each version, as the tag of the action's own repository said when it was pinned.
READ = {
    "actions/attest": ("v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6"),
    "actions/attest-build-provenance": ("v4.1.0", "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32"),
    "actions/checkout": ("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/download-artifact": ("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/setup-python": ("v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/upload-artifact": ("v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"),
    "aws-actions/configure-aws-credentials": ("v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"),
}
# By an exact version tag, since no digest could be verified; the remark above the line says so.
BY_TAG = {"pypa/gh-action-pypi-publish": "v1.14.2"}
USES = re.compile(r"^ +uses: (?P<action>[^@\s$]+)@(?P<ref>\S+)(?: # (?P<comment>.+))?$", re.MULTILINE)


@pytest.fixture(scope="module")
def used(project: Path) -> dict[str, set[tuple[str, str]]]:
    """Action → what it is taken by, and what the comment says."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for workflow in workflows(project):
        for use in USES.finditer(workflow.text):
            found[use["action"]].add((use["ref"], use["comment"] or ""))
    if not found:
        pytest.skip("an unpacked source archive holds no workflows")
    return found


def test_every_action_is_pinned_by_the_digest_that_was_read_with_its_version_beside_it(
    used: dict[str, set[tuple[str, str]]],
):
    pinned = {
        action: (version, digest) for action, uses in used.items() if action not in BY_TAG for digest, version in uses
    }

    assert pinned == {action: READ[action] for action in pinned}
    assert set(READ) == set(pinned), "a digest that nothing uses"
    assert all(len(uses) == 1 for uses in used.values()), "one action in two versions"


def test_an_action_by_tag_is_listed_exact_and_has_its_remark(project: Path, used: dict[str, set[tuple[str, str]]]):
    lines = [line for workflow in workflows(project) for line in workflow.text.splitlines()]

    for action, version in BY_TAG.items():
        assert {ref for ref, _ in used[action]} == {version}
        place = next(number for number, line in enumerate(lines) if f"uses: {action}@" in line)
        assert "digest" in " ".join(lines[place - 5 : place]), "the remark that says why"


def test_every_use_is_seen_by_these_tests(project: Path, used: dict[str, set[tuple[str, str]]]):
    written = {step.action.partition("@")[0] for step in steps(project) if step.action}

    assert written == set(used)


def test_an_image_is_named_by_the_tag_of_a_day_and_says_why_not_by_digest(project: Path):
    text = next(workflow.text for workflow in workflows(project) if workflow.name == "environment")
    image = re.search(r"# (.*digest.*)\n +IMAGE: (\S+)", text)

    assert image is not None
    assert re.fullmatch(r"public\.ecr\.aws/amazonlinux/amazonlinux:2023\.\d+\.\d{8}\.\d+", image[2])


def test_nothing_is_fetched_by_a_script_but_through_locks(project: Path):
    fetched = re.compile(r"\bcurl\b|\bwget\b|\bnpx?\b|(?<!dnf )\binstall\b(?!.*(--require-hashes|--no-index))")
    # What AWS publishes for everybody who checks its databases, and no program.
    certificates = "https://truststore.pki.rds.amazonaws.com/"
    lines = [(step.where, line) for step in steps(project) for line in step.script.splitlines()]

    assert not [place for place, line in lines if fetched.search(line) and certificates not in line]
