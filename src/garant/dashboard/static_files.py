"""Style, script and licences of the pages, read once; each address holds the digest of what it gives."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(include_in_schema=False)

_LEAST_COMPRESSED = 500
"""Bytes below which packing saves nothing."""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes
    kind: str
    digest: str


@cache
def _known() -> dict[str, _File]:
    found = {}
    for entry in (files("garant.dashboard") / "static").iterdir():
        content = entry.read_bytes()
        kind = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
        text = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        digest = hashlib.sha256(content).hexdigest()[:16]
        found[entry.name] = _File(content, gzip.compress(content, 9, mtime=0), text, digest)
    return found


def address_of(name: str) -> str:
    """Address of a file; another content has another address, so that browsers may keep it."""
    return f"/static/{_known()[name].digest}/{name}"


@router.get("/static/{digest}/{name}")
async def static(request: Request, digest: str, name: str) -> Response:
    """Give one file."""
    found = _known().get(name)
    if found is None or found.digest != digest:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    accepts = request.headers.get("accept-encoding", "")
    if "gzip" in accepts and len(found.content) > _LEAST_COMPRESSED:
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)
