"""The commands of docs/service.md, typed as they stand there, against a real service in a process of its own."""

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from garant.client import AsyncClient, Client, Preview
from garant.exceptions import ServiceError, ServiceUnavailableError
from garant.models.cutoff import Outcome
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("journey")

START_SECONDS = 120
SWITCH_SECONDS = 5
CLIENT = 100002


@dataclass(slots=True)
class Shell:
    """Somebody at two terminals: a service in the first one, commands in the second."""

    folder: Path
    environment: dict[str, str]
    words: dict[str, str]
    service: subprocess.Popen[str] | None = None
    url: str = ""
    said: dict[str, str] = field(default_factory=dict[str, str])

    def type(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type a command as the page has it, with the reader's own folders and ids in it."""
        words = [self.words.get(word, word) for word in shlex.split(os.path.expandvars(self._own(line)))]
        done = subprocess.run(
            self._command(words), capture_output=True, text=True, env=self.environment, cwd=self.folder, check=False
        )
        self.said[line] = done.stdout
        return done

    def start(self, line: str) -> str:
        """Type the command that goes on; return the development key that it prints."""
        words = [self.words.get(word, word) for word in shlex.split(line)]
        with (self.folder / "log").open("w") as log:
            self.service = subprocess.Popen(
                [*self._command(words), "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environment,
                cwd=self.folder,
            )
        assert self.service.stdout is not None
        key = ""
        for printed in self.service.stdout:
            key = found[0] if (found := re.search(r"garant_[0-9a-f]+_[\w-]+", printed)) else key
            if found := re.search(r"https?://[\d.]+:\d+", printed):
                self.url = found[0]
                return key
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> int:
        """Ask the service to stop."""
        assert self.service is not None
        self.service.send_signal(signal.SIGTERM)
        return self.service.wait(timeout=60)

    def end(self) -> None:
        """Leave nothing behind, whatever a test did."""
        if self.service is not None:
            self.service.kill()
            self.service.wait()
            assert self.service.stdout is not None
            self.service.stdout.close()

    def _own(self, line: str) -> str:
        """Ask the service of this test, which has a port of its own; fill in what the environment holds."""
        line = line.replace("http://127.0.0.1:8000", self.url).replace(
            "$GARANT_API_KEY", self.environment.get("GARANT_API_KEY", "")
        )
        is_asked = line.startswith("garant decide") and "--bundle" not in line and "--write-request" not in line
        return f"{line} --url {self.url}" if is_asked else line

    @staticmethod
    def _command(words: list[str]) -> list[str]:
        return [sys.executable, "-m", *words] if words[0] == "garant" else words


def blocks(page: Path, language: str) -> list[list[str]]:
    """Code blocks of a page in that language, by line."""
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


@pytest.fixture(scope="module")
def page(project: Path) -> Path:
    return project / "docs" / "service.md"


@pytest.fixture(scope="module")
def shell(
    lender: Path, model: Path, run: dict[str, str], user: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    """Somebody with a lender, a model and a run, a record store of their own, and a service that is up."""
    folder = tmp_path_factory.mktemp("service")
    own = {
        "GARANT_STORE_URL": f"sqlite:///{folder / 'store' / 'records.db'}",
        "GARANT_MASTER_KEY": str(folder / "store" / "master.key"),
        "GARANT_CACHE_FOLDER": str(folder / "cache"),
        "GARANT_DEVELOPMENT_KEY": str(user.development_key),
        "GARANT_THREADS": "1",
    }
    # The page erases somebody: the run of the other journeys stays whole.
    assert run
    shutil.copytree(lender.parent / "runs", folder / "runs")
    words = {"MODEL": str(model), "DATA": str(lender), "RUNS": str(folder / "runs")}
    found = Shell(folder, {**os.environ, **own}, words)
    yield found
    found.end()


def test_the_page_of_the_service_can_be_typed_from_top_to_bottom(shell: Shell, page: Path) -> None:
    """One long walk: each step needs the ones before it, and a service takes seconds to start."""
    serve, *lines = [line for block in blocks(page, "console") for line in block]
    first, last = lines[: lines.index("garant ledger show ID")], lines[lines.index("garant ledger show ID") :]
    before = time.monotonic()
    key = shell.start(serve)
    assert time.monotonic() - before < START_SECONDS
    shell.environment["GARANT_API_KEY"] = key

    preview = "garant decide application.json --bundle MODEL --preview"
    for line in first:
        done = shell.type(line)
        # SQLite has one process that decides: the page says so, and that the service is to be asked.
        assert done.returncode == (3 if line == preview else 0), f"{line}\n{done.stdout}{done.stderr}"
        if line.startswith(("garant policy stop", "garant policy resume")):
            assert_switched(shell, is_stopped="stop" in line)
    decided = shell.said["garant decide application.json --lang en"]
    assert "PROPOSAL: " in decided
    assert "proposed, until a named person confirms it" in decided
    (id_,) = re.findall(r"Decision ([0-9a-f-]{36})", decided)
    shell.words["ID"] = id_
    by_curl = json.loads(next(said for line, said in shell.said.items() if line.startswith("curl")))
    assert by_curl["state"] == "proposed"
    (reviewer,) = re.findall(
        r"garant_\w+[\w-]*", shell.said['garant key create "second look" --role reviewer --owner main']
    )
    assert "STOPPED" in shell.said["garant policy show"]

    talk(shell, page, reviewer)
    correct_and_compare(shell, by_curl["id"], reviewer)

    for line in last:
        done = shell.type(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert f"Decision {id_}" in shell.said["garant ledger show ID"]
    with zipfile.ZipFile(shell.folder / "person.zip") as archive:
        exported = json.loads(archive.read("records.json"))
    assert {made["records"]["application"]["SK_ID_CURR"] for made in exported["decisions"]} == {CLIENT}
    assert {id_, by_curl["id"]} <= {made["id"] for made in exported["decisions"]}
    erased = next(said for line, said in shell.said.items() if line.startswith("garant ledger erase"))
    assert re.search(r"application_\w+\.csv +1$", erased, re.MULTILINE)

    with Client(shell.url, key=key) as service:
        with pytest.raises(ServiceError) as caught:
            service.decision(id_)
        assert caught.value.status == 410
        assert service.ready().is_ready
    assert shell.stop() == 143
    assert str(CLIENT) not in (shell.folder / "log").read_text()
    assert key not in (shell.folder / "log").read_text()

    # Nobody serves any more: the same command decides here, with the same record store.
    done = shell.type(preview)
    assert done.returncode == 0, done.stderr
    assert "Not a model to decide with" in done.stderr
    with Client(shell.url, key=key) as service, pytest.raises(ServiceUnavailableError):
        service.decide(client=CLIENT)


def talk(shell: Shell, page: Path, reviewer: str) -> None:
    """Run the page's Python; then another person reviews, which whoever decided may not."""
    (program,) = blocks(page, "python")
    text = "\n".join(program).replace("Client()", f"Client({shell.url!r})")
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        env={**shell.environment, "PYTHONWARNINGS": "ignore"},
        cwd=shell.folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    id_ = done.stdout.splitlines()[0]
    with Client(shell.url, key=shell.environment["GARANT_API_KEY"]) as adviser:
        comment = "The salary slip is of another year."
        with pytest.raises(ServiceError) as caught:
            adviser.review(id_, outcome=Outcome.REFUSE, ground="file", comment=comment)
        assert caught.value.status == 403
    with Client(shell.url, key=reviewer) as other:
        assert other.decision(id_).pd is None
        assert other.view(id_, view="unsure", note="The slip is missing.").pd is not None
        reviewed = other.review(id_, outcome=Outcome.REFUSE, ground="file", comment=comment)
    assert (reviewed.state, reviewed.final_outcome) == ("reviewed", Outcome.REFUSE)
    assert [event.kind for event in reviewed.events] == ["confirmed", "contested", "viewed", "reviewed"]


def assert_switched(shell: Shell, *, is_stopped: bool) -> None:
    """Give the service the five seconds in which it must see that the switch was turned."""
    with Client(shell.url, key=shell.environment["GARANT_API_KEY"]) as service:
        deadline = time.monotonic() + SWITCH_SECONDS
        while any(rule.code == "STOPPED" for rule in service.preview(client=CLIENT).rules) is not is_stopped:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def correct_and_compare(shell: Shell, id_: str, reviewer: str) -> None:
    """What else the client can ask."""
    records = json.loads((shell.folder / "application.json").read_bytes())
    with Client(shell.url, key=shell.environment["GARANT_API_KEY"], language="fr") as service:
        corrected = service.correct(id_, changes={"application": {"AMT_INCOME_TOTAL": 90000.0}}, reason="Typing error.")
        assert corrected.supersedes == id_
        assert service.decision(id_).superseded_by == corrected.id
        # The same person by name or by records, by itself or in a batch: one road.
        named, sent = service.preview(client=CLIENT), service.preview(records)
        assert (named.pd, named.reasons) == (sent.pd, sent.reasons)
        assert {each.pd for each in asyncio.run(at_once(shell))} == {named.pd}
        unknown = {name: rows for name, rows in records.items() if name != "bureau"}
        whole, partial, wrong = service.batch([records, {**unknown, "key": "b"}, {"application": {"TARGET": 1}}])
        assert whole.decision is not None
        assert whole.decision.pd == named.pd
        assert partial.decision is not None
        assert (partial.key, partial.decision.outcome, partial.decision.pd) == ("b", Outcome.REFER, None)
        assert (wrong.status, wrong.decision) == (422, None)
        assert any(each.pointer.startswith("/application") for each in wrong.problems)
        explained = service.explain(records)
        assert explained.base_value is not None
        assert abs(explained.base_value + sum(explained.contributions.values()) - (explained.margin or 0)) < 1e-9
        assert service.model().said
        ids = {each.id for each in service.decisions_of(str(CLIENT))}
        assert {id_, corrected.id, whole.decision.id, partial.decision.id} <= ids
    with Client(shell.url, key=reviewer) as other, pytest.raises(ServiceError) as caught:
        other.decide(records)
    assert caught.value.status == 403


async def at_once(shell: Shell) -> list[Preview]:
    """Several questions at the same time."""
    async with AsyncClient(shell.url, key=shell.environment["GARANT_API_KEY"]) as service:
        return await asyncio.gather(*(service.preview(client=CLIENT) for _ in range(4)))


def test_every_other_command_of_the_page_exists_with_its_options(page: Path, shell: Shell) -> None:
    lines = [line for block in blocks(page, "sh") for line in block if line.startswith("garant")]
    assert lines
    for line in lines:
        words = [word for word in shlex.split(line) if not word.startswith("-")]
        command = words[1:2] if words[1] == "serve" else words[1:3]
        shown = shell.type(shlex.join(["garant", *command, "--help"])).stdout
        assert not [word for word in shlex.split(line) if word.startswith("--") and word not in shown]


def test_the_readme_types_what_the_page_types(project: Path, page: Path) -> None:
    lines = [re.sub(r"\s+#.*", "", line) for block in blocks(project / "README.md", "console") for line in block]
    asked = [line for line in lines if line.startswith(("garant serve", "garant decide"))]

    assert len(asked) == 3
    assert not [line for line in asked if line not in page.read_text(encoding="utf-8")]
