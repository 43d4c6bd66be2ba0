"""Bad requests over HTTP: each is refused with a problem, nothing of it is repeated, nothing is recorded."""

import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

from api_world import SendRaw, World
from garant.decisions.access import Role
from garant.decisions.ids import new_id
from tables.records.corpus import ACCEPTED, Case, application, cases, sound, text

pytestmark = pytest.mark.xdist_group("api")

CASES = list(cases())
BAD = [case for case in CASES if case.codes != ACCEPTED]
FINE = [case for case in CASES if case.codes == ACCEPTED]
TOO_LARGE = 256 * 1024


def require_refused(world: World, answer: httpx.Response, private: str = "") -> None:
    """Hold that an answer is a problem that repeats nothing."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(said)
    assert said["status"] == answer.status_code
    for found in said.get("errors", ()):
        assert set(found) in ({"pointer", "code", "detail"}, {"header", "code", "detail"})
    if private:
        assert private not in json.dumps(said, ensure_ascii=False)
        assert private not in world.log.getvalue()


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_bad_records_are_refused_with_all_that_is_wrong_and_leave_no_row(world: World, case: Case) -> None:
    before = world.rows()
    answer = world.post("/v1/decisions", case.body)
    require_refused(world, answer, case.private)
    assert world.rows() == before
    if len(case.body) > TOO_LARGE:
        assert answer.status_code == 413
        return
    # That the whole is no object is said by whoever reads a request, before the reader of records.
    codes = {found["code"].replace("request.not_object", "json.not_object") for found in answer.json()["errors"]}
    assert codes == case.codes
    assert all(found["pointer"].startswith("#") for found in answer.json()["errors"])
    is_no_json = bool(case.codes & {"json.empty", "json.bom", "json.encoding", "json.syntax"})
    assert answer.status_code == (400 if is_no_json else 422)


@pytest.mark.parametrize("case", FINE, ids=lambda case: case.name)
def test_what_only_looks_bad_is_decided_and_never_accepted(world: World, case: Case) -> None:
    answer = world.post("/v1/decisions", case.body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] in {"refer", "refuse"}


def other_routes() -> Iterator[tuple[str, Role]]:
    """Every other route that takes a body."""
    for path in ("decisions/batch", "decisions/preview", "explanations", "corrections"):
        yield f"/v1/{path}", Role.ADVISER
    yield "/v1/decisions/{id}/confirm", Role.ADVISER
    yield "/v1/decisions/{id}/contest", Role.ADVISER
    for act in ("view", "papers", "review"):
        yield f"/v1/decisions/{{id}}/{act}", Role.REVIEWER


@pytest.mark.parametrize(("path", "role"), list(other_routes()))
def test_no_route_takes_what_is_no_sound_json_or_no_request_of_its_own(world: World, path: str, role: Role) -> None:
    decision = world.post("/v1/decisions", sound()).json()["id"]
    before = world.rows()
    bodies = [case for case in BAD if any(code.startswith("json.") for code in case.codes)]
    for case in bodies:
        answer = world.post(path.replace("{id}", decision), case.body, role)
        require_refused(world, answer, case.private)
    assert len(bodies) >= 60
    assert world.rows() == before


BIG = b'{"application": "' + b"x" * (30 * 1024 * 1024) + b'"}'

HTTP: dict[str, tuple[bytes, dict[str, str | None], int]] = {
    "no type": (text(sound()), {"Content-Type": None}, 415),
    "plain text": (text(sound()), {"Content-Type": "text/plain"}, 415),
    "a form": (b"application=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "UTF-16 declared": (text(sound()), {"Content-Type": "application/json; charset=utf-16"}, 415),
    "gzip": (gzip.compress(text(sound())), {"Content-Encoding": "gzip"}, 415),
    "a gzip bomb": (gzip.compress(bytes(50_000_000)), {"Content-Encoding": "gzip"}, 415),
    "gzip undeclared": (gzip.compress(text(sound())), {}, 400),
    "30 MB": (BIG, {}, 413),
    "one byte too many": (text(sound()).ljust(TOO_LARGE + 1), {}, 413),
    "a million keys": (b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}", {}, 413),
    "no idempotency key": (text(sound()), {"Idempotency-Key": None}, 400),
    "an empty idempotency key": (text(sound()), {"Idempotency-Key": ""}, 400),
    "a long idempotency key": (text(sound()), {"Idempotency-Key": "k" * 256}, 400),
    "an idempotency key of two words": (text(sound()), {"Idempotency-Key": "a b"}, 400),
    "an idempotency key in Latin-1": (text(sound()), {"Idempotency-Key": "clé"}, 400),
}


@pytest.mark.parametrize("name", list(HTTP))
def test_what_is_wrong_before_the_json_is_refused_too(world: World, name: str) -> None:
    content, changed, status = HTTP[name]
    before = world.rows()
    headers = {key: value for key, value in {**world.headers(), **changed}.items() if value is not None}
    encoded = {key: value.encode("latin-1") for key, value in headers.items()}
    answer = world.client.post("/v1/decisions", content=content, headers=encoded)  # pyright: ignore[reportArgumentType]
    require_refused(world, answer)
    assert answer.status_code == status
    assert world.rows() == before


def test_the_largest_body_is_read_and_a_batch_may_be_larger(world: World) -> None:
    assert world.post("/v1/decisions", text(sound()).ljust(TOO_LARGE)).status_code == 201
    answer = world.post("/v1/decisions/batch", text({"items": [sound()]}).ljust(4 * TOO_LARGE))
    assert (answer.status_code, answer.json()["items"][0]["status"]) == (200, 201)
    huge = world.post("/v1/decisions/batch", b" " * (48 * 1024 * 1024 + 1))
    assert huge.status_code == 413


def test_two_idempotency_keys_are_none(world: World) -> None:
    headers = [*world.headers().items(), ("Idempotency-Key", new_id())]
    answer = world.client.post("/v1/decisions", content=text(sound()), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/decisions/1",
        "/v1/decisions/..%2f..%2fetc%2fpasswd",
        "/v1/decisions/%00",
        "/v1/decisions/' OR 1=1--",
        "/v1/decisions/00000000-0000-0000-0000-000000000000",
        "/v1/decisions/" + "a" * 10_000,
        "/v1/clients//decisions",
        "/v1/clients/%00/decisions",
        "/v1/clients/%ff/decisions",
        "/v1/clients/" + "a" * 201 + "/decisions",
        "/v1/nothing",
        "/v2/decisions",
        "/",
        "/openapi.json",
        "/docs",
    ],
)
def test_addresses_of_nothing_are_not_found(world: World, path: str) -> None:
    answer = world.get(path)
    require_refused(world, answer)
    assert answer.status_code == 404


@pytest.mark.parametrize("ref", ["AC/2024.7", "a%2Fb", "Société 7", "100001"])
def test_a_person_s_reference_may_hold_what_an_address_must_escape(world: World, ref: str) -> None:
    made = world.post("/v1/decisions", sound(application=application(subject_ref=ref)))
    assert made.status_code == 201, made.text
    found = world.get(f"/v1/clients/{quote(ref, safe='')}/decisions")
    assert made.json()["id"] in [each["id"] for each in found.json()]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "FOO"])
def test_another_method_is_told_which_are_known(world: World, method: str) -> None:
    for path in ("/v1/decisions", "/v1/models/current", "/healthz"):
        answer = world.client.request(method, path, headers=world.headers())
        assert answer.status_code == 405
        assert answer.headers["Allow"] in {"GET", "POST"}


def test_a_body_that_trickles_or_never_ends_is_given_up(world: World, send_raw: SendRaw) -> None:
    lines = [f"{name}: {value}" for name, value in world.headers().items()]
    head = "\r\n".join(["POST /v1/decisions HTTP/1.1", "Host: a", *lines]).encode()
    long = head + b"\r\nContent-Length: 500\r\n\r\n"
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    with ThreadPoolExecutor(3) as threads:
        slow = threads.submit(send_raw, world.client, long, *[b" "] * 70, pause=0.1)
        cut = threads.submit(send_raw, world.client, long + b"{}")
        endless = threads.submit(
            send_raw, world.client, head + b"\r\nTransfer-Encoding: chunked\r\n\r\n", *[chunk] * 70, pause=0.1
        )
        time.sleep(1)
        assert world.client.get("/healthz").status_code == 200
        assert world.post("/v1/decisions", sound()).status_code == 201
        assert slow.result().startswith(b"HTTP/1.1 408 ")
        assert cut.result().startswith(b"HTTP/1.1 408 ")
        assert endless.result().startswith(b"HTTP/1.1 413 ")
