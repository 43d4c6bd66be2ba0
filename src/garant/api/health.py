"""Whether the service lives, and whether it can decide: for whatever starts, stops and routes to it."""

import ipaddress
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from garant.api import operations
from garant.api.live import live_of
from garant.api.problems import FORBIDDEN, UNAVAILABLE, Kind, RefusedError
from garant.exceptions import GarantError

router = APIRouter(tags=["health"])

NOT_NEAR = Kind(status=FORBIDDEN, slug="not-near", detail="Figures are for the machines of the service's own network.")


@router.get("/healthz", **operations.HEALTHZ)
async def healthz() -> Response:
    """Say that the process answers; asks nothing of anybody."""
    return _json(200, {"status": "ok"})


@router.get("/readyz", **operations.READYZ)
async def readyz(request: Request) -> Response:
    """Say whether decisions can be recorded, by which model, and whether the stop switch sends all to a person.

    A stopped service is ready: it answers, and every answer is "refer".
    """
    live = live_of(request)
    try:
        said = await live.aside.run(live.parts.service.ready)
    except GarantError as error:
        return _json(UNAVAILABLE, {"ready": False, "error": type(error).__name__})
    return _json(200, {"ready": True, **said})


@router.get("/metrics", **operations.METRICS)
async def metrics(request: Request) -> Response:
    """Give the figures, to machines of private networks: how much a lender decides is nobody else's business."""
    if not _is_near(request):
        raise RefusedError(NOT_NEAR)
    live = live_of(request)
    live.metrics.taken(live.threads.taken)
    body, media_type = live.metrics.text()
    return Response(body, media_type=media_type)


def _is_near(request: Request) -> bool:
    """Whether the peer, as the declared proxy tells it, has a private address; a socket of this machine has none."""
    if request.client is None:
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False


def _json(status: int, said: dict[str, Any]) -> Response:
    return Response(json.dumps(said).encode(), status, media_type="application/json")
