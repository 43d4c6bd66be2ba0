"""The typed client of the decision service: `Client` waits for the answer, `AsyncClient` does not."""

from garant.client.answers import (
    BatchItem,
    Decision,
    Event,
    Explanation,
    Judged,
    Model,
    Preview,
    Readiness,
    Reason,
)
from garant.client.asynchronous import AsyncClient
from garant.client.retries import Retries
from garant.client.synchronous import Client

__all__ = [
    "AsyncClient",
    "BatchItem",
    "Client",
    "Decision",
    "Event",
    "Explanation",
    "Judged",
    "Model",
    "Preview",
    "Readiness",
    "Reason",
    "Retries",
]
