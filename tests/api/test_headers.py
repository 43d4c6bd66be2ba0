"""Headers of every answer of every route, whatever it says."""

import httpx
import pytest

from api_world import NewWorld, World
from garant.api.headers import SecurityHeaders
from garant.decisions.ids import new_id
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def require_headers(answer: httpx.Response) -> None:
    """Hold that an answer carries what every answer carries, and nothing that it must not."""
    for name, value in EXPECTED.items():
        assert answer.headers[name] == value, (answer.request.url, name)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert len(answer.headers["X-Request-Id"]) == 36
    for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Set-Cookie", "Strict-Transport-Security"):
        assert name not in answer.headers


def test_every_route_answers_with_them_whether_it_is_allowed_or_not(world: World) -> None:
    decision = world.post("/v1/decisions", sound()).json()["id"]
    paths = world.app.openapi()["paths"]
    assert len(paths) >= 14
    for path, methods in paths.items():
        for method in methods:
            url = path.replace("{id}", decision).replace("{ref}", "100001")
            for headers in (world.headers(), {}):
                asked = {**headers, "Origin": "https://elsewhere.example"}
                require_headers(world.client.request(method, url, headers=asked, content=b"{}"))
                require_headers(world.client.request("PUT", url, headers=asked))


def test_what_is_not_found_or_fails_carries_them_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    require_headers(world.get("/nothing"))
    require_headers(world.get("/v1/models/current?x=1"))

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(world.parts.service), "model", fail)
    answer = world.get("/v1/models/current")
    assert answer.status_code == 500
    require_headers(answer)


def test_behind_tls_browsers_are_told_to_stay_there() -> None:
    import asyncio

    from starlette.types import Message, Receive, Scope, Send

    sent: list[Message] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def note(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    asyncio.run(SecurityHeaders(app)({"type": "http", "scheme": "https"}, receive, note))
    assert (b"strict-transport-security", b"max-age=31536000; includeSubDomains") in sent[0]["headers"]


def test_pages_of_documentation_are_there_only_where_a_setting_says_so(world: World, new_world: NewWorld) -> None:
    for path in ("/docs", "/openapi.json", "/redoc"):
        assert world.get(path).status_code == 404
    shown = new_world(docs_pages=True)
    page = shown.client.get("/docs")
    assert "POST /v1/decisions/{id}/confirm" in page.text
    assert "<script" not in page.text
    require_headers(page)
    assert shown.client.get("/openapi.json").json()["info"]["title"] == "garant"
    assert shown.client.get(f"/docs/{new_id()}").status_code == 404
