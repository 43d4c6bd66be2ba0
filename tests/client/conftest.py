"""Both clients, asked in one way, and a real HTTP server that answers what a test tells it to."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from answering_service import Service, answering_service
from garant.client import AsyncClient, Client, Retries

SECRET = "garant_0190_a-secret-that-must-never-be-seen"  # noqa: S105 - a key of nothing
QUICK = Retries(attempts=4, patience=10.0, first_wait=0.01, most_wait=0.02)


@pytest.fixture
def secret() -> str:
    """Key that the clients send."""
    return SECRET


@pytest.fixture
def service() -> Iterator[Service]:
    """A server on this machine."""
    with answering_service() as found:
        yield found


Ask = Callable[..., Any]
"""Asks the service: name of a method, then its arguments."""


@pytest.fixture(params=["Client", "AsyncClient"])
def ask(request: pytest.FixtureRequest, service: Service) -> Ask:
    """Both clients, which must behave alike."""

    def wait(method: str, *arguments: object, retries: Retries = QUICK, **named: object) -> Any:  # noqa: ANN401
        with Client(service.url, key=SECRET, retries=retries, timeout=5) as client:
            return getattr(client, method)(*arguments, **named)

    def go_on(method: str, *arguments: object, retries: Retries = QUICK, **named: object) -> Any:  # noqa: ANN401
        async def run() -> object:
            async with AsyncClient(service.url, key=SECRET, retries=retries, timeout=5) as client:
                return await getattr(client, method)(*arguments, **named)

        return asyncio.run(run())

    return wait if request.param == "Client" else go_on
