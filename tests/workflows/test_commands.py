"""What workflows run is there: targets of make, scripts and options, locks, commands of garant, outputs of steps."""

import importlib.util
import re
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.cloud.releases import EMR_RELEASE, JOB_PYTHON
from garant.settings import EU_REGIONS
from workflow_files import Step, steps, workflows


@pytest.fixture(scope="module")
def every_step(project: Path) -> list[Step]:
    found = steps(project)
    if not found:
        pytest.skip("an unpacked source archive holds no workflows")
    return found


def lines(every_step: list[Step]) -> list[tuple[str, str]]:
    return [(step.where, line.strip()) for step in every_step for line in step.script.splitlines() if line.strip()]


def test_every_target_of_make_is_there(project: Path, every_step: list[Step]):
    targets = set(re.findall(r"^([a-z-]+):(?!=)", (project / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        word
        for _, line in lines(every_step)
        if line.startswith("make ")
        for word in re.sub(r"\w+=(\"[^\"]*\"(/\S+)?|\S+)", "", line).split()[1:]
    }

    assert {"setup-all", "lint", "types", "test", "docs", "lock"} <= named
    assert named <= targets


def test_every_script_and_file_is_there(project: Path, every_step: list[Step]):
    written = re.compile(r"(?:^|[\s\"'/])((?:tools|benchmarks|infra|requirements)/[\w./-]+\.(?:py|sh|txt))")
    named = {path for _, line in lines(every_step) for path in written.findall(line)}
    # Written beside this part of the project.
    named -= {"infra/app.py"} if not (project / "infra").is_dir() else set()

    assert {"tools/check_audit.py", "tools/environment_archive.py", "requirements/oldest.txt"} <= named
    assert not [path for path in named if not (project / path).is_file()]


def test_every_lock_that_is_audited_is_there(project: Path):
    matrices = [
        str(lock)
        for workflow in workflows(project)
        for job in workflow.jobs.values()
        for lock in job.get("strategy", {}).get("matrix", {}).get("lock", ())
    ]
    audited = {project / "requirements" / f"{lock}.txt" for lock in matrices}

    assert {"all", "ci", "job"} <= set(matrices)
    assert not [file.name for file in audited if not file.is_file() and file.name != "serve.txt"]


@pytest.mark.parametrize(
    "script",
    [
        "check_audit",
        "check_parts",
        "deployed_service",
        "environment_archive",
        "papers",
        "smoke_decision",
        "template_diff",
    ],
)
def test_every_option_that_a_script_is_given_is_one_of_its_own(project: Path, every_step: list[Step], script: str):
    calls = [line for _, line in lines(every_step) if f"tools/{script}.py" in line]
    given = {option for call in calls for option in re.findall(r"(?<= )--[a-z-]+", call.partition(f"{script}.py")[2])}
    source = (project / "tools" / f"{script}.py").read_text(encoding="utf-8")

    assert script == "papers" or calls
    assert not {option for option in given if f'add_argument("{option}"' not in source}


def calls_of_garant(every_step: list[Step]) -> set[tuple[tuple[str, ...], frozenset[str]]]:
    """Words and options of each command of garant that a script runs."""
    found: set[tuple[tuple[str, ...], frozenset[str]]] = set()
    for _, line in lines(every_step):
        for call in re.findall(r"(?:^|/)garant\"? ([a-z][^|>;&]*)", line):
            words = call.split()
            noun = 2 if words[0] in {"bundle", "cloud"} else 1
            found.add((tuple(words[:noun]), frozenset(re.findall(r"(?<!\S)--[a-z-]+", call))))
    return found


def test_every_command_of_garant_knows_its_options(every_step: list[Step], capsys: pytest.CaptureFixture[str]):
    calls = calls_of_garant(every_step)

    assert (("bundle", "sign"), frozenset({"--key"})) in calls
    assert ("cloud", "deploy") in {words for words, _ in calls}
    for words, options in calls:
        # Commands of the cloud are in a part of garant of their own.
        if words[0] == "cloud" and importlib.util.find_spec("garant.cli.cloud_platform") is None:
            continue
        assert run([*words, "--help"]) == 0, words
        shown = capsys.readouterr().out
        assert not [option for option in options if option not in shown], words


def test_every_output_that_is_read_was_written(project: Path):
    scripts = {"deployed_service.py": {"repository", "url", "image", "bundle"}}
    for workflow in workflows(project):
        written: dict[str, set[str]] = {}
        for step in workflow.steps():
            if "id" in step.said:
                by_script = [names for script, names in scripts.items() if script in step.script]
                said = set(re.findall(r'echo "(\w+)=[^\n]*>>"\$GITHUB_OUTPUT"', step.script))
                written[step.said["id"]] = said.union(*by_script)
        for step, name in re.findall(r"steps\.(\w+)\.outputs\.(\w+)", workflow.text):
            assert name in written[step], f"{workflow.name}: steps.{step}.outputs.{name}"


def test_the_archive_is_built_with_the_python_of_jobs_on_the_system_of_the_release(project: Path):
    text = next(workflow.text for workflow in workflows(project) if workflow.name == "environment")

    assert JOB_PYTHON in EMR_RELEASE.pythons
    assert f"python{JOB_PYTHON} tools/environment_archive.py" in text
    assert re.search(rf"dnf install .*\bpython{re.escape(JOB_PYTHON)}\b.*\n", text)
    assert set(re.findall(r"python(3\.\d+)", text)) == {JOB_PYTHON}


def test_tests_run_on_the_first_and_the_last_python_that_garant_supports(project: Path):
    ci = next(workflow for workflow in workflows(project) if workflow.name == "ci")
    declared = re.findall(r"Python :: (3\.\d+)", (project / "pyproject.toml").read_text(encoding="utf-8"))

    assert ci.jobs["tests"]["strategy"]["matrix"]["python"] == [declared[0], declared[-1]]


def test_templates_are_made_for_a_region_of_the_union(project: Path):
    text = next(workflow.text for workflow in workflows(project) if workflow.name == "deploy")
    regions = re.findall(r"--region ([a-z-]+\d)", text)

    assert regions
    assert set(regions) <= set(EU_REGIONS)


def test_a_failed_deployment_is_taken_back_and_proved_again(project: Path):
    deploy = next(workflow for workflow in workflows(project) if workflow.name == "deploy")
    named = {str(step.said.get("name")): step for step in deploy.steps() if step.job == "deploy"}
    order = list(named)
    back = named["Take back"]

    assert order.index("What serves now") < order.index("Deploy") < order.index("One real decision")
    assert order.index("One real decision") < order.index("Take back")
    assert str(back.said["if"]).startswith("(failure() || cancelled()) && steps.deploy.outcome != 'skipped'")
    told = {"IMAGE": "${{ steps.before.outputs.image }}", "BUNDLE": "${{ steps.before.outputs.bundle }}"}
    assert back.said["env"] == told
    assert "smoke_decision.py" in named["One real decision of what serves again"].script
