"""Buckets outside the allowed regions are refused before a byte is sent, and on AWS before an object is touched."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from garant.exceptions import GarantError, StorageError, UsageError
from garant.settings import EU_REGIONS, Settings
from garant.storage import S3Location, staging

pytestmark = pytest.mark.xdist_group("s3")

MakeSettings = Callable[[], Settings]

Server = Any
"""The running server, as the fixture gives it."""

PLACE = S3Location("lender", "raw")


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """An address that counts the connections that come, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        monkeypatch.setenv("GARANT_S3_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")

        def count() -> int:
            try:
                server.accept()[0].close()
            except TimeoutError:
                return 0
            return 1

        yield count


def refused(settings: Settings, place: S3Location = PLACE) -> GarantError:
    """Error of reading, writing a folder and writing a run: one and the same."""
    texts: list[GarantError] = []
    for use in ("fetched", "output", "runs"):
        with pytest.raises(GarantError) as caught, staging(settings) as at:
            getattr(at, use)(place, **({"manifest": "m"} if use == "output" else {})).__enter__()
        texts.append(caught.value)
    assert len({str(error) for error in texts}) == 1
    return texts[0]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-2", "eu-central-2", "europe", ""])
def test_a_region_outside_the_list_is_refused_before_any_connection(
    s3: Server,  # noqa: ARG001 - sets the environment
    counter: Callable[[], int],
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    region: str,
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    error = refused(settings())
    assert isinstance(error, UsageError)
    assert (f"region {region} is refused" if region else "the region is not known") in str(error)
    assert "eu-west-3" in str(error)
    assert counter() == 0


def test_an_allowed_region_is_connected_to(
    s3: Server,  # noqa: ARG001 - sets the environment
    counter: Callable[[], int],
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GARANT_S3_ATTEMPTS", "1")
    monkeypatch.setattr("garant.storage.s3._READ_TIMEOUT_SECONDS", 1)
    with pytest.raises(StorageError, match="no answer after 1 attempts"), staging(settings()) as at:
        at.fetched(PLACE)
    assert counter() == 1


def test_the_list_is_a_setting(
    s3: Server,  # noqa: ARG001 - sets the environment
    counter: Callable[[], int],
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GARANT_REGIONS", "eu-central-2, eu-north-1")
    assert "allowed are eu-central-2, eu-north-1" in str(refused(settings()))
    assert counter() == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.us-east-1.amazonaws.com",
        "https://s3.amazonaws.com",
        "https://S3.US-EAST-1.AMAZONAWS.COM.",
        "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com",
    ],
)
def test_an_address_of_aws_in_another_region_than_the_stated_one_is_refused(
    s3: Server,  # noqa: ARG001 - sets the environment
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
) -> None:
    monkeypatch.setenv("GARANT_S3_ENDPOINT", endpoint)
    assert "is not in region eu-west-3" in str(refused(settings()))


def test_london_and_zurich_are_not_in_the_list() -> None:
    assert not {"eu-west-2", "eu-central-2"} & set(EU_REGIONS)


# ---------------------------------------------------------------- what the bucket itself says, on AWS


@dataclass(slots=True)
class Aws:
    """What plays AWS: asked as a proxy for every address, it answers for the bucket and writes down what was asked."""

    region: str | None
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@pytest.fixture
def aws(
    s3: Server,  # noqa: ARG001 - sets the environment
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Aws]]:
    """Play an AWS whose bucket lies in a region."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def play(region: str | None, status: int = 200) -> Aws:
        made = Aws(region, status)

        class Handler(BaseHTTPRequestHandler):
            aws: ClassVar = made

            def do_HEAD(self) -> None:
                self.aws.asked.append((self.command, self.path))
                # Whoever asks at the region of the bucket is served, everybody else is sent there.
                there = self.aws.region or ""
                self.send_response(200 if there in self.path and self.aws.status in {200, 301} else self.aws.status)
                if self.aws.region:
                    self.send_header("x-amz-bucket-region", self.aws.region)
                self.end_headers()

            def do_GET(self) -> None:
                self.aws.asked.append((self.command, self.path))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("GARANT_S3_ENDPOINT", "http://s3.eu-west-3.amazonaws.com")
        return made

    yield play
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("region", "status", "why"),
    [
        ("us-east-1", 200, "lies in region us-east-1"),
        ("us-east-1", 301, "lies in region us-east-1"),
        ("eu-west-2", 403, "lies in region eu-west-2"),
        (None, 200, "does not say in which region"),
    ],
)
def test_a_bucket_that_lies_elsewhere_is_refused_before_an_object_is_asked_for(
    aws: Callable[..., Aws], settings: MakeSettings, region: str | None, status: int, why: str
) -> None:
    there = aws(region, status)
    error = refused(settings())
    assert isinstance(error, StorageError)
    assert str(error).startswith("s3://lender: ")
    assert why in str(error)
    assert {method for method, _ in there.asked} == {"HEAD"}


@pytest.mark.parametrize("status", [200, 403])
def test_a_bucket_in_an_allowed_region_is_used(aws: Callable[..., Aws], settings: MakeSettings, status: int) -> None:
    there = aws("eu-central-1", status)
    with pytest.raises(StorageError, match="holds nothing"), staging(settings()) as at:
        at.fetched(PLACE)
    assert "GET" in {method for method, _ in there.asked}
