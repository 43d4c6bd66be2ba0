"""A real S3 server on loopback, with an administrator and somebody who may only read the bucket ``pca``."""

import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_HOST = "127.0.0.1"
_PORTS = range(15000, 32768)
"""Below those that Linux gives to connections that go out: such a one may not take a port before the server does."""
_STARTS = 3


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where the server is, and who may use it."""

    endpoint: str
    client: Any
    """Client of the administrator, for what a test prepares or looks at by itself."""
    process: subprocess.Popen[bytes]
    log: Path
    admin: ClassVar = {"aws_access_key_id": "ADMINKEY", "aws_secret_access_key": "hush-admin"}
    reader: ClassVar = {"aws_access_key_id": "READERKEY", "aws_secret_access_key": "hush-reader"}

    def require_alive(self) -> None:
        """Raise RuntimeError with the end of the server's log if it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"the S3 server has ended ({self.process.returncode}): {_end_of(self.log)}")


@contextmanager
def started_s3_server(folder: Path) -> Generator[S3Server]:
    """Start the server in `folder`; killed at the end, since its data are thrown away anyway.

    Its parts take their ports one after the other, and it ends when one is taken by then: it is started again with
    other ports, and only one whose every part listens is given.
    """
    for start in range(_STARTS):
        place = folder / str(start)
        place.mkdir(parents=True)
        ports = _free_ports()
        with (place / "log").open("w") as log:
            process = subprocess.Popen(_command(place, ports), stdout=log, stderr=subprocess.STDOUT)
        try:
            with closing(_client(f"http://{_HOST}:{ports['s3.port']}")) as client:
                if _is_up(client, process, ports):
                    yield S3Server(client.meta.endpoint_url, client, process, place / "log")
                    return
        finally:
            process.kill()
            process.wait()
    raise RuntimeError(f"the S3 server did not start: {_end_of(folder / str(_STARTS - 1) / 'log')}")


def _command(folder: Path, ports: Mapping[str, int]) -> list[str]:
    identities = [
        {"name": "admin", "credentials": [_credentials(S3Server.admin)], "actions": ["Admin"]},
        {"name": "reader", "credentials": [_credentials(S3Server.reader)], "actions": ["Read:pca", "List:pca"]},
    ]
    (folder / "identities.json").write_text(json.dumps({"identities": identities}))
    return [
        str(Path(sys.executable).with_name("weed")),
        "mini",
        f"-dir={folder}",
        *(f"-ip={_HOST}", f"-ip.bind={_HOST}", f"-s3.config={folder / 'identities.json'}"),
        *(f"-{name}={port}" for name, port in ports.items()),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false", "-master.telemetry=false"),
    ]


def _credentials(keys: Mapping[str, str]) -> dict[str, str]:
    return {"accessKey": keys["aws_access_key_id"], "secretKey": keys["aws_secret_access_key"]}


def _free_ports() -> dict[str, int]:
    roles = ("s3", "master", "volume", "filer", "admin")
    names = [name for role in roles for name in (f"{role}.port", f"{role}.port.grpc")]
    # Each process of the tests draws its own: a seed would make two of them draw the same.
    drawn = random.SystemRandom().sample(_PORTS, len(_PORTS))
    return dict(zip(names, (port for port in drawn if not _listens(port)), strict=False))


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((_HOST, port)) == 0


def _client(endpoint: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2})
    return boto3.client("s3", endpoint_url=endpoint, region_name="eu-west-3", config=config, **S3Server.admin)


def _is_up(client: Any, process: subprocess.Popen[bytes], ports: Mapping[str, int]) -> bool:  # noqa: ANN401
    """Whether every part listens and buckets can be made, after at most a minute; the bucket ``pca`` then is."""
    for _ in range(300):
        if process.poll() is not None:
            break
        if all(_listens(port) for port in ports.values()):
            with suppress(BotoCoreError, ClientError):
                client.create_bucket(Bucket="pca")
                return process.poll() is None
        time.sleep(0.2)
    return False


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
