"""What is not started: what costs more than was said, does not fit, or would make another run than was asked for."""

import json
import os
import pty
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

import garant
from garant.cloud.account import open_account
from garant.cloud.environment import find_environment, send_environment
from garant.cloud.platform import Store, find_store
from garant.exceptions import UsageError
from garant.settings import Settings, load_settings
from job_platform import BUCKETS, Platform, deploy, packed


@pytest.fixture
def uploaded(platform: Platform) -> Platform:
    """The platform with the tables of the lender."""
    said = platform.garant("upload", str(platform.lender))
    assert said.code == 0, said.err
    return platform


def test_above_the_limit_nobody_is_charged_without_an_answer(
    uploaded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = uploaded.run("--limit", "0.5")
    assert said.code == 2
    assert "At most it costs 1.17 USD, the limit is 0.50 USD, and nobody can be asked here" in said.err
    monkeypatch.setenv("GARANT_CLOUD_LIMIT", "1.1")
    assert uploaded.run().code == 2
    assert uploaded.cloud.started == []
    assert uploaded.keys("curated", "bundles/") == set(), "nothing is sent for what is not started"

    uploaded.cloud.script = lambda job: job.ends("FAILED")
    for answer, n_started in (("", 0), ("n", 0), ("y", 1)):
        with _terminal(answer) as terminal:
            monkeypatch.setattr("sys.stdin", terminal)
            monkeypatch.setattr("garant.cli.cloud_plan._can_be_asked", lambda: True)
            assert "Start it? [y/N]" in uploaded.run().err
        assert len(uploaded.cloud.started) == n_started


@contextmanager
def _terminal(answer: str) -> Generator[TextIO]:
    """What a person types on a terminal."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    with os.fdopen(theirs) as typed:
        assert typed.isatty()
        yield typed
    os.close(ours)


def test_a_job_that_does_not_fit_its_profile_is_refused_with_the_one_it_fits(
    uploaded: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garant.cloud import estimate

    monkeypatch.setattr(estimate, "START_S", 1500.0)
    for more in ((), ("--plan",)):
        said = uploaded.run(*more)
        assert said.code == 2
        assert "does not fit profile small: time: about 25 minutes are expected, 38 with a margin" in said.err
        assert "It would fit profile medium: garant cloud deploy --profile medium" in said.err
    assert uploaded.cloud.started == []


def test_limits_that_the_application_does_not_have_are_refused(uploaded: Platform) -> None:
    said = uploaded.run("--profile", "medium", "--yes")
    assert said.code == 2
    assert "deployed with profile small" in said.err
    assert uploaded.cloud.started == []


def test_the_environment_must_be_the_one_that_plans_the_run(platform: Platform, tmp_path: Path) -> None:
    store, settings = _opened()
    cases = {
        "pyarrow is 1.2.3 there and": packed(tmp_path / "a.tar.gz", pyarrow="1.2.3"),
        f"garant is 9.9 there and {garant.__version__} here": packed(tmp_path / "b.tar.gz", garant="9.9"),
        "pyspark is in it": packed(tmp_path / "c.tar.gz", pyspark="4.1.1"),
        "its Python is 3.13, jobs run 3.11": packed(tmp_path / "d.tar.gz", python="3.13"),
        "duckdb is missing": packed(tmp_path / "e.tar.gz", duckdb=""),
    }
    (tmp_path / "f.tar.gz").write_bytes(b"none")
    cases["is no archive that can be read"] = tmp_path / "f.tar.gz"
    for reason, archive in cases.items():
        with pytest.raises(UsageError, match=reason):
            send_environment(archive, store, settings)
    assert platform.keys("curated", "environments/") == set()
    with pytest.raises(UsageError, match=f"holds no environment for garant {garant.__version__}"):
        find_environment(None, store, settings)


def test_an_environment_is_sent_once_and_found_by_its_content(platform: Platform, tmp_path: Path) -> None:
    store, settings = _opened()
    first, is_new = send_environment(platform.environment, store, settings)
    assert is_new
    sent = platform.keys("curated", "environments/")
    names = ("environment.tar.gz", "manifest.json", "garant_main.py", "garant_notebook.py")
    assert sent == {f"environments/{first.digest}/{name}" for name in names}
    written = {key: platform.s3.head_object(Bucket=BUCKETS["curated"], Key=key)["LastModified"] for key in sent}
    assert send_environment(platform.environment, store, settings) == (first, False)
    for asked in (None, first.digest[:8]):
        assert find_environment(asked, store, settings) == first
    assert written == {key: platform.s3.head_object(Bucket=BUCKETS["curated"], Key=key)["LastModified"] for key in sent}

    # A second one, in the folder that CI makes: which of the two is asked for must be said.
    folder = tmp_path / "made"
    folder.mkdir()
    packed(folder / "environment.tar.gz", wheel="1")
    told = {"archive": {"name": "environment.tar.gz", "sha256": "0"}, "packages": {}, "python": "3.11.9"}
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UsageError, match="describes another archive"):
        send_environment(folder, store, settings)
    (folder / "manifest.json").unlink()
    second, _ = send_environment(folder, store, settings)
    with pytest.raises(UsageError, match="holds 2 environments"):
        find_environment(None, store, settings)
    assert find_environment(second.digest, store, settings) == second
    with pytest.raises(UsageError, match="holds no environment that begins with ffff"):
        find_environment("ffff", store, settings)


def _opened() -> tuple[Store, Settings]:
    settings = load_settings()
    return find_store(open_account(settings)), settings


def test_runs_with_erased_clients_are_not_scored_without_their_key(uploaded: Platform) -> None:
    uploaded.s3.put_object(Bucket=BUCKETS["results"], Key="runs/suppressed.json", Body=b"{}")
    said = uploaded.run()
    assert said.code == 2
    assert "clients were erased there" in said.err
    assert uploaded.cloud.started == []


def test_what_is_not_there_is_told_with_what_to_do(platform: Platform) -> None:
    said = platform.run()
    assert said.code == 2
    assert "Send them first: garant cloud upload DATA" in said.err
    assert "Start one: garant cloud run" in platform.garant("follow").err
    assert "16 hexadecimal digits" in platform.garant("follow", "../x").err
    assert "was never started here" in platform.garant("follow", "0" * 16).err
    assert "has had no job here" in platform.garant("cost", "0" * 16).err
    assert "--data is for --plan" in platform.run("--data", str(platform.lender)).err
    assert "expected 0 for none" in platform.run("--components", "-1").err


def test_a_model_that_nobody_here_trusts_starts_nothing(uploaded: Platform, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(uploaded.bundle, tmp_path / "model"))
    (bundle / "bundle.json").write_text((bundle / "bundle.json").read_text().replace('"seed"', '"seed" '))
    said = uploaded.garant("run", "--bundle", str(bundle), "--environment", str(uploaded.environment))
    assert said.code == 3
    assert uploaded.cloud.started == []


def test_without_a_platform_every_command_says_how_to_have_one(platform: Platform) -> None:
    platform.cloud.aws.forget()
    for words in (["run", "--bundle", str(platform.bundle)], ["follow"], ["cost"], ["upload", str(platform.lender)]):
        said = platform.garant(*words)
        assert said.code == 3, words
        assert "Deploy it: garant cloud deploy" in said.err
    deploy(platform.cloud.aws, profile="large")
    assert platform.garant("follow").code == 2
