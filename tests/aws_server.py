"""An AWS to ask on loopback: moto, as a process of its own. It keeps what it is told and runs no job.

A job is done as soon as it is started, unless its name is `STILL_RUNNING`.
"""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
"""The account of everybody who asks."""

REGION = "eu-west-3"

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "hush-testing"}

STILL_RUNNING = "still-running"
"""Name of a job that goes on until it is ended."""

_PROGRAM = f"""
from moto.emrserverless import models
from moto.server import main
first = models.JobRun.__init__
def made(self, *given, **named):
    first(self, *given, **named)
    if self.name == {STILL_RUNNING!r}:
        self.state = "RUNNING"
models.JobRun.__init__ = made
main(["-H", "127.0.0.1", "-p", "0"])
"""

_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class AwsServer:
    """Where the server is, and clients for what a test prepares or looks at by itself."""

    endpoint: str
    process: subprocess.Popen[bytes]
    log: Path
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def client(self, service: str, *, region: str = REGION) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        """Client of a service, independent of the environment; kept, since making one takes longer than most tests."""
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
                config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}),
            )
        return self._clients[service, region]

    def forget(self) -> None:
        """Let the account be empty again."""
        self._ask("reset", method="POST")

    def requests(self) -> int:
        """How many requests the server answered since it started, as its log tells."""
        return len(re.findall(rb'" \d{3} -', self.log.read_bytes()))

    def variables(self) -> Mapping[str, str]:
        """Environment that leads there and nowhere else; variables of AWS that are not named must be removed."""
        return KEYS | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.log.parent / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.log.parent / "none"),
            "NO_PROXY": "127.0.0.1",
        }

    def _ask(self, what: str, *, method: str) -> bytes:
        request = urllib.request.Request(f"{self.endpoint}/moto-api/{what}", method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            return answer.read()


@contextmanager
def started_aws_server(folder: Path) -> Generator[AwsServer]:
    """Start the server; it takes a port that is free and tells it in its log. Killed at the end: it writes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    # It must not ask a real AWS for anything, whatever the environment of the tests says.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    variables = clean | KEYS | {"MOTO_ACCOUNT_ID": ACCOUNT, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", _PROGRAM]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=variables)
    try:
        yield AwsServer(_address(process, log), process, log)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text(errors="replace"))
        if found is not None:
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"the AWS server did not start: {log.read_text(errors='replace')[-2000:]}")
