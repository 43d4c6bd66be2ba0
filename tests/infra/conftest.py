"""Templates of the platform, made once for all tests that look at them."""

import json
from pathlib import Path

import pytest

from platform_templates import ACCOUNT, REGION, ROOT, Written, run_program, templates_of
from template_rules import Template
from worker_groups import keep_together

SCHEDULE = {"expression": "cron(0 4 1 * ? *)", "run": {"run_id": "0123456789abcdef"}}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    keep_together(items, Path(__file__).parent, "infra", fixtures=("written", "variants"))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What a lender gets who says nothing but account and region, in the words of the CDK's own program."""
    folder = tmp_path_factory.mktemp("written") / "cdk.out"
    place = {"CDK_DEFAULT_ACCOUNT": ACCOUNT, "CDK_DEFAULT_REGION": REGION, "CDK_OUTDIR": str(folder)}
    run_program(ROOT / "infra/app.py", [], CDK_CONTEXT_JSON="{}", **place)
    return Written(folder, templates_of(folder))


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with what else can be asked for, and what is said to defects, made by `variants.py`."""
    folder = tmp_path_factory.mktemp("variants")
    (folder / "schedule.json").write_text(json.dumps(SCHEDULE), encoding="utf-8")
    run_program(Path(__file__).with_name("variants.py"), [str(folder), ACCOUNT])
    return folder


@pytest.fixture(scope="session")
def everything(variants: Path) -> dict[str, Template]:
    """Templates of a deployment with GitHub, mail, notebooks, a schedule and profile medium."""
    return templates_of(variants / "everything")


@pytest.fixture(scope="session")
def batch(written: Written) -> Template:
    return written.templates["GarantBatch"]
