"""Promises of the project as a whole: what is tracked, what is locked, what importing does, what the papers say."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

MOST_LINES = 400
# Names that make up an address of a registry or of one machine; split, so that this file does not hold them either.
ADDRESSES = re.compile(
    "|".join(
        (
            r"pypi\." + r"org/simple",
            r"files\.python" + r"hosted\.org",
            r"registry\." + r"npmjs",
            r"(?<![\w.~$}/-])/(?:home|root|Users|work|mnt|private)" + r"/\w",
            r"--(?:extra-)?index" + r"-url\s+\S*http",
            r"--find" + r"-links",
        )
    )
)
HEAVY = {"altair", "duckdb", "ibis", "lightgbm", "numba", "numpy", "pandas", "pyarrow", "pydantic", "rich", "sklearn"}


def git(project: Path, *arguments: str) -> str:
    """What git answers; skips outside a repository (an unpacked source archive)."""
    result = subprocess.run(["git", "-C", project, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.skip("not a git repository")
    return result.stdout


@pytest.fixture(scope="session")
def tracked(project: Path) -> list[Path]:
    """Every tracked file that is there."""
    return [
        project / name for name in git(project, "ls-files", "-z").split("\0") if name and (project / name).is_file()
    ]


def texts(files: list[Path]) -> Iterator[tuple[Path, str]]:
    """Files that are text, with their text."""
    for file in files:
        try:
            yield file, file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(project: Path) -> list[Path]:
    """Our modules."""
    return sorted((project / "src").rglob("*.py"))


# ---------------------------------------------------------------- what is tracked


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine(tracked: list[Path]) -> None:
    found = [
        f"{file}:{text[: hit.start()].count(chr(10)) + 1}: {hit[0]}"
        for file, text in texts(tracked)
        for hit in ADDRESSES.finditer(text)
    ]

    assert not found


@pytest.mark.parametrize(
    "planted",
    ["https://pypi" + ".org/simple", "see " + "/home" + "/ann/data", "--extra-index" + "-url https://a.b/c"],
)
def test_such_an_address_would_be_found(planted: str) -> None:
    assert ADDRESSES.search(planted)


def test_no_tracked_file_is_larger_than_a_megabyte(tracked: list[Path]) -> None:
    assert not [file for file in tracked if file.stat().st_size > 1_000_000]


def test_no_module_is_longer_than_a_reader_can_hold(project: Path) -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in modules(project)}

    assert not {file: length for file, length in lengths.items() if length > MOST_LINES}


def test_nothing_in_the_source_runs_data_as_code(project: Path) -> None:
    # Ruff's S rules say the same until somebody silences one of them; this does not listen to noqa.
    unsafe = re.compile(r"\b(?:pickle|joblib|cloudpickle|dill|marshal)\b|(?<![\w.])(?:eval|exec)\(|shell=True")
    found = [(file, hit[0]) for file, text in texts(modules(project)) for hit in unsafe.finditer(text)]
    # A notebook is the program of the job that runs it, held to the sha256 of the one that its user sent.
    program = project / "src" / "garant" / "cloud" / "notebook_job.py"

    assert [hit for hit in found if hit not in {(program, "exec("), (program, "eval(")}] == []


# ---------------------------------------------------------------- what is locked


def locks(project: Path) -> dict[str, dict[str, str]]:
    """Lock → requirement ("numpy==2.4.6 ; marker") → its lines of hashes."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted((project / "requirements").glob("*.txt")):
        entries = re.split(r"\n(?=\S)", file.read_text(encoding="utf-8"))
        found[file.stem] = {
            entry.partition(" \\\n")[0]: entry.partition(" \\\n")[2].rstrip()
            for entry in entries
            if not entry.startswith("#")
        }
    return found


def test_every_requirement_is_pinned_and_has_hashes(project: Path) -> None:
    everything = locks(project)
    loose = [
        (name, pin)
        for name, entries in everything.items()
        for pin, hashes in entries.items()
        if not re.match(r"[\w.-]+==[\w.]+( ;|$)", pin)
        or not re.fullmatch(r"(\s*--hash=sha256:[0-9a-f]{64}( \\)?)+\s*", hashes)
    ]

    assert set(everything) == {"all", "build", "ci", "core", "coverage", "demo", "job", "oldest", "serve"}
    assert all(everything.values())
    assert not loose


@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_one_version_of_each_package_serves_every_level(project: Path, python: str, platform: str) -> None:
    # Not text against text: an extra may need a package where the others do not, and its marker is wider then.
    machine = {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": platform}
    installed = {
        level: {
            (str(wanted.name), str(wanted.specifier), hashes)
            for wanted, hashes in ((Requirement(pin), hashes) for pin, hashes in entries.items())
            if wanted.marker is None or wanted.marker.evaluate(machine)
        }
        for level, entries in locks(project).items()
    }

    assert installed["core"] <= installed["demo"] <= installed["all"]
    assert installed["core"] <= installed["serve"] <= installed["all"]
    assert installed["core"] <= installed["job"] <= installed["all"]


def test_the_locks_hold_what_the_project_asks_for(project: Path) -> None:
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = declared["project"]["dependencies"]
    optional = [line for lines in declared["project"]["optional-dependencies"].values() for line in lines]

    def names(lines: list[str]) -> set[str]:
        return {re.split(r"[^\w.-]", line)[0].lower() for line in lines}

    pinned = {level: names(list(entries)) for level, entries in locks(project).items()}
    assert names(wanted) <= pinned["core"]
    assert names(wanted + optional) <= pinned["all"]
    extras = [declared["project"]["optional-dependencies"][extra] for extra in ("serve", "fast", "report", "aws")]
    assert names([*wanted, *(line for lines in extras for line in lines)]) <= pinned["serve"]
    # The image has no tool that makes or installs a package.
    assert not pinned["serve"] & {"pip", "setuptools", "wheel", "hatchling", "editables", "uv", "build"}


def test_what_the_source_imports_is_declared(project: Path) -> None:
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *declared["dependencies"],
        *(line for extra in declared["optional-dependencies"].values() for line in extra),
    ]
    allowed = {re.split(r"[^\w.-]", line)[0].lower() for line in lines} | {"garant"}
    imported = {
        name.partition(".")[0]
        for file in modules(project)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    distributions = importlib.metadata.packages_distributions()
    # _typeshed is known to type checkers only.
    foreign = {name: distributions.get(name, [name]) for name in imported - sys.stdlib_module_names - {"_typeshed"}}

    assert {"numpy", "duckdb"} <= set(foreign)
    # A distribution may write itself prometheus_client where its requirement says prometheus-client.
    owned = {name: {owner.lower().replace("_", "-") for owner in owners} for name, owners in foreign.items()}
    assert not {name for name, owners in owned.items() if not allowed & owners}


# ---------------------------------------------------------------- what importing does


def test_importing_garant_loads_nothing_heavy() -> None:
    code = "import sys, garant; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not HEAVY & set(loaded)


def test_the_version_is_said_once(project: Path) -> None:
    version = re.compile(r'^(?:__)?version(?:__)?\s*=\s*"', re.MULTILINE)
    places = [file for file in [project / "pyproject.toml", *modules(project)] if version.search(file.read_text())]

    assert places == [project / "src" / "garant" / "__init__.py"]


# ---------------------------------------------------------------- what the papers say


def papers(project: Path) -> list[Path]:
    """Everything that tells a person which command to run."""
    return sorted([*project.glob("*.md"), *(project / "docs").rglob("*.md")])


def commands(project: Path) -> set[tuple[str, str]]:
    """Return (file, command) for each command in a code block or code span of the papers."""
    code = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
    return {
        (file.name, re.sub(r"\s+#.*", "", command).strip())
        for file, text in texts(papers(project))
        for block, span in code.findall(text)
        for line in (block or span).splitlines()
        for command in re.split(r"&&|;|\|", line.removeprefix("$ "))
    }


def test_every_make_target_in_the_papers_exists(project: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):(?!=)", (project / "Makefile").read_text(), re.MULTILINE))
    named = {
        (file, target)
        for file, command in commands(project)
        if command.startswith("make ")
        for target in re.findall(r"(?<= )[a-z-]+(?= |$)", re.sub(r"\w+=(\".*?\"|\S+)", "", command))
    }

    assert {("CONTRIBUTING.md", "test"), ("setup.md", "demo")} <= named
    assert not {(file, target) for file, target in named if target not in targets}


def test_every_target_has_a_line_of_help(project: Path) -> None:
    makefile = (project / "Makefile").read_text()
    listed = subprocess.run(
        ["make", "-C", project, "--no-print-directory", "help"], capture_output=True, text=True, check=True
    )
    public = {name for name in re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE) if not name.startswith("setup-")}

    assert {line.split()[1] for line in listed.stdout.splitlines()} == public


def test_every_garant_command_in_the_papers_is_in_its_help(project: Path) -> None:
    named = {
        (file, found[1])
        for file, command in commands(project)
        if (found := re.match(r"(?:\.venv/bin/)?garant ([a-z]+)", command))
    }
    help_text = subprocess.run(
        [sys.executable, "-m", "garant", "--help"], capture_output=True, text=True, check=True
    ).stdout

    assert named
    assert not {(file, name) for file, name in named if not re.search(rf"^\W*{name}\b", help_text, re.MULTILINE)}


def test_every_link_between_the_papers_leads_somewhere(project: Path) -> None:
    links = {
        (file, target)
        for file, text in texts(papers(project))
        for target in re.findall(r"\]\(([^)#\s]+)", text)
        if "://" not in target
    }

    assert links
    assert not [(file, target) for file, target in links if not (file.parent / target).exists()]


def test_decisions_are_numbered_without_gaps_and_say_why(project: Path) -> None:
    records = sorted((project / "docs" / "decisions").glob("[0-9]*.md"))

    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], record.name


@pytest.mark.xdist_group("grouped")
def test_tests_of_one_group_share_a_process(request: pytest.FixtureRequest) -> None:
    """A server or a session is started once; without groups each process starts its own, at several minutes in all."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("tests run in one process")
    assert request.node.nodeid.endswith("@grouped")
