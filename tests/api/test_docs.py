"""The page about the service says what the service does: its examples run, its routes and refusals are all of them."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_world import NewWorld, World
from garant.api import access, body, health, limits, problems, protocol, threads
from garant.api.problems import Kind
from garant.decisions.access import Role

pytestmark = pytest.mark.xdist_group("api")


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    """The page."""
    return (project / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples use curl")
def test_the_examples_run_one_after_the_other(new_world: NewWorld, page: str, tmp_path: Path) -> None:
    world = new_world()
    examples = re.findall(r"```sh\n(.*?)```", page, flags=re.DOTALL)
    assert len(examples) >= 6
    variables = {
        "URL": str(world.client.base_url).rstrip("/"),
        "KEY": world.texts[Role.ADVISER, "paris"],
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }
    command = ["bash", "-c", "set -eu\n" + "\n".join(examples)]
    done = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, check=False)
    told = tmp_path / "decision.json"
    assert done.returncode == 0, done.stdout + done.stderr + told.read_text()
    assert '"state":"contested"' in done.stdout
    assert '"supersedes":"' in done.stdout


def test_every_route_and_its_scope_is_in_the_table(world: World, page: str) -> None:
    told = re.findall(r"^\| `(GET|POST) (\S+?)` \|", page, flags=re.MULTILINE)
    paths = world.app.openapi()["paths"]
    assert set(told) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


def kinds() -> Iterator[Kind]:
    """Every kind of problem."""
    yield from problems.TABLE.values()
    for module in (access, body, health, limits, problems, protocol, threads):
        yield from (value for value in vars(module).values() if isinstance(value, Kind))


def test_every_kind_of_refusal_is_told_beside_its_status(page: str) -> None:
    table = page.split("## Refusals")[1].split("## Headers", maxsplit=1)[0]
    rows = {
        status: types
        for statuses, types in re.findall(r"^\| ([\d, ]+) \| (.+) \|$", table, flags=re.MULTILINE)
        for status in map(int, statuses.split(","))
    }
    for kind in kinds():
        assert f"`{kind.slug}`" in rows[kind.status], kind.slug
