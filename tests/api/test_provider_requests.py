"""What an identity provider can do to whoever asks it: nothing that lasts, nothing that grows."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from garant.api import provider_requests
from garant.api.provider_requests import ProviderRequests
from garant.exceptions import ProviderError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

Speaks = Callable[[socket.socket], None]


@pytest.fixture
def speaking() -> Iterator[Callable[[Speaks], str]]:
    """Let somebody answer one connection as they like; gives the address."""
    listening: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(speaks: Speaks) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                speaks(connection)

        thread = threading.Thread(target=answer)
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for each in threads:
        each.join(20)
    for each in listening:
        each.close()


def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(
    speaking: Callable[[Speaks], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_requests, "SECONDS", 0.3)

    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(HEAD % 1_000)
            for _ in range(100):
                connection.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            pass

    since = time.monotonic()
    with pytest.raises(ProviderError, match="took longer"):
        ProviderRequests().json(speaking(drip))
    assert time.monotonic() - since < 4


def test_an_answer_that_was_packed_is_not_unpacked(speaking: Callable[[Speaks], str]) -> None:
    packed = b"\x1f\x8b\x08\x00" + b"\x00" * 20
    head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    with pytest.raises(ProviderError, match="something else than a JSON object"):
        ProviderRequests().json(speaking(lambda connection: connection.sendall(head % len(packed) + packed)))


def test_a_connection_that_breaks_is_no_answer(speaking: Callable[[Speaks], str]) -> None:
    with pytest.raises(ProviderError, match="no answer"):
        ProviderRequests().json(speaking(lambda connection: connection.sendall(HEAD % 100 + b"{}")))


@pytest.mark.parametrize(
    "url",
    ["http://login.bank.example/", "ftp://127.0.0.1/", "file:///x", "https://u:p@a.example/", "https://", ""],
)
def test_nothing_is_sent_to_an_address_that_is_not_safe(url: str) -> None:
    with pytest.raises(ProviderError, match="not https"):
        ProviderRequests().json(url)


def test_what_is_told_of_an_error_names_the_host_alone(speaking: Callable[[Speaks], str]) -> None:
    url = speaking(lambda connection: connection.sendall(HEAD % 5 + b"HUSH!"))
    with pytest.raises(ProviderError) as caught:
        ProviderRequests().json(f"{url}path?secret=HUSH", bearer="HUSH")
    assert "HUSH" not in str(caught.value)
