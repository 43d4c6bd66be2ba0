"""The client: what it sends, what it gives back, when it asks again, what it never shows."""

import asyncio
import email.utils
import inspect
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from answering_service import DECISION, Reply, Service, problem
from garant.client import AsyncClient, Client, Retries
from garant.exceptions import ServiceError, ServiceUnavailableError, UsageError

Ask = Callable[..., Any]
"""Asks the service: name of a method, then its arguments."""

RECORDS = {"application": {"SK_ID_CURR": 100002, "AMT_CREDIT": 8675309.5}, "bureau": []}
CANARY = "8675309.5"


def test_an_application_becomes_a_decision_with_its_reasons(ask: Ask, service: Service, secret: str) -> None:
    decision = ask("decide", RECORDS, language="fr")

    assert (decision.id, decision.outcome, decision.state) == (DECISION["id"], "refer", "proposed")
    assert decision.pd == DECISION["pd"]
    assert decision.refer_band == (0.08, 0.1)
    assert [reason.text for reason in decision.reasons] == ["One instalment was paid 42 days late."]
    (sent,) = service.received
    assert (sent.method, sent.path) == ("POST", "/v1/decisions")
    assert json.loads(sent.body) == RECORDS
    assert sent.headers["authorization"] == f"Bearer {secret}"
    assert sent.headers["accept-language"] == "fr"
    assert sent.headers["content-type"] == "application/json"


def test_the_text_of_a_file_is_sent_as_it_is(ask: Ask, service: Service) -> None:
    # Read and written again, a key that stands there twice would be one, and the service could not refuse it.
    ask("decide", b'{"application": {"SK_ID_CURR": 1, "SK_ID_CURR": 2}}')

    assert service.received[0].body == b'{"application": {"SK_ID_CURR": 1, "SK_ID_CURR": 2}}'


PASSING = {
    "the connection breaks off": Reply(hangs_up=True),
    "the service cannot decide now": problem(503, "store-unavailable"),
    "too many requests": problem(429, "rate-limited"),
    "the same request is being answered": problem(409, "in-flight"),
}


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_what_fails_in_passing_is_sent_again_with_the_same_key(ask: Ask, service: Service, reply: Reply) -> None:
    service.replies = [reply, reply, Reply()]

    assert ask("decide", RECORDS).id == DECISION["id"]

    keys = [sent.headers["idempotency-key"] for sent in service.received]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert len({sent.body for sent in service.received}) == 1


def test_each_call_has_a_key_of_its_own_unless_the_caller_brings_one(ask: Ask, service: Service) -> None:
    ask("decide", RECORDS)
    ask("decide", RECORDS)
    ask("decide", RECORDS, key="mine")
    ask("correct", DECISION["id"], changes={"application": {"AMT_CREDIT": 1}})

    keys = [sent.headers["idempotency-key"] for sent in service.received]
    assert len(set(keys)) == 4
    assert keys[2] == "mine"


def test_it_gives_up_after_its_attempts(ask: Ask, service: Service) -> None:
    service.replies = [problem(503, "store-unavailable", detail="The record store does not answer.")]

    with pytest.raises(ServiceUnavailableError, match="record store does not answer") as caught:
        ask("decide", RECORDS)

    assert caught.value.status == 503
    assert caught.value.kind == "store-unavailable"
    assert caught.value.request_id == "r-7"
    assert len(service.received) == 4


def test_it_waits_as_long_as_the_service_asks_for(ask: Ask, service: Service) -> None:
    busy = problem(429, "rate-limited")
    service.replies = [Reply(busy.status, busy.body, {"retry-after": "1"}), Reply()]
    begun = time.monotonic()

    ask("decide", RECORDS)

    assert 1.0 <= time.monotonic() - begun < 3


@pytest.mark.parametrize("asked", ["3600", email.utils.formatdate(time.time() + 3600, usegmt=True)])
def test_a_wait_beyond_its_patience_is_no_wait(ask: Ask, service: Service, asked: str) -> None:
    busy = problem(429, "rate-limited")
    service.replies = [Reply(busy.status, busy.body, {"retry-after": asked})]
    begun = time.monotonic()

    with pytest.raises(ServiceUnavailableError):
        ask("decide", RECORDS)

    assert time.monotonic() - begun < 3
    assert len(service.received) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(401, "unauthorised"), ServiceError),
        (problem(404, "unknown-decision"), ServiceError),
        (problem(409, "conflict"), ServiceError),
        (problem(422, "records"), ServiceError),
        (problem(500, "internal"), ServiceUnavailableError),
    ],
)
def test_a_refusal_is_not_sent_again(ask: Ask, service: Service, reply: Reply, kind: type[ServiceError]) -> None:
    service.replies = [reply]

    with pytest.raises(kind) as caught:
        ask("decide", RECORDS)

    assert caught.value.status == reply.status
    assert len(service.received) == 1


def test_an_error_lists_every_problem_and_no_value(ask: Ask, service: Service) -> None:
    errors = [
        {"pointer": "#/application/AMT_CREDIT", "code": "application.AMT_CREDIT.range", "detail": "Beyond the limit."},
        {"pointer": "#/bureau/3/DAYS_CREDIT", "code": "bureau.DAYS_CREDIT.future", "detail": "Expected 0 or less."},
    ]
    service.replies = [problem(422, "records", errors=errors)]

    with pytest.raises(ServiceError) as caught:
        ask("decide", RECORDS)

    assert [each.pointer for each in caught.value.problems] == ["/application/AMT_CREDIT", "/bureau/3/DAYS_CREDIT"]
    assert "/bureau/3/DAYS_CREDIT: Expected 0 or less. (bureau.DAYS_CREDIT.future)" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("confirm", {"person": "Ann Bell", "outcome": "refuse", "ground": "agrees"}),
        ("contest", {"statement": "The loan of 2024 is paid back."}),
        ("view", {"view": "unsure", "note": "It may be."}),
        ("review", {"outcome": "accept", "ground": "file", "comment": "It is."}),
    ],
)
def test_what_counts_twice_when_it_arrives_twice_is_sent_once(
    ask: Ask, service: Service, method: str, arguments: dict[str, str]
) -> None:
    service.replies = [Reply(hangs_up=True), Reply()]

    with pytest.raises(ServiceUnavailableError, match="may have arrived: look at the decision"):
        ask(method, DECISION["id"], **arguments)

    (sent,) = service.received
    assert json.loads(sent.body) == arguments
    assert sent.path == f"/v1/decisions/{DECISION['id']}/{method}"


@pytest.mark.parametrize(("kind", "times"), [("store", 1), ("busy", 2)])
def test_what_may_be_recorded_is_not_said_twice_unless_nothing_was_begun(
    ask: Ask, service: Service, kind: str, times: int
) -> None:
    service.replies = [problem(503, kind), problem(404, "unknown-decision")]

    with pytest.raises(ServiceError):
        ask("contest", DECISION["id"], statement="No.")

    assert len(service.received) == times


def test_a_service_that_is_not_there_is_said_with_how_to_start_it(secret: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with (
        Client(url, key=secret, retries=Retries(attempts=2, first_wait=0.01)) as client,
        pytest.raises(ServiceUnavailableError, match=r"cannot be reached[^\n]*garant serve") as caught,
    ):
        client.decide(RECORDS)

    assert caught.value.exit_code == 3


def test_a_name_cannot_lead_elsewhere_on_the_service(ask: Ask, service: Service) -> None:
    service.replies = [Reply(body=b"[]")]

    ask("decisions_of", "../../metrics?x=1")

    assert service.received[0].path == "/v1/clients/..%2F..%2Fmetrics%3Fx%3D1/decisions"


def test_a_batch_gives_each_item_its_decision_or_its_problems(ask: Ask, service: Service) -> None:
    wrong = {"title": "These records cannot be judged", "status": 422, "errors": [{"pointer": "#/application"}]}
    items = [{"status": 201, "decision": DECISION, "key": "a"}, {"status": 422, "problem": wrong, "key": "b"}]
    service.replies = [Reply(body=json.dumps({"items": items}).encode())]

    good, bad = ask("batch", [RECORDS, {}])

    assert (good.key, good.status, good.decision.id, good.problems) == ("a", 201, DECISION["id"], ())
    assert (bad.key, bad.status, bad.decision) == ("b", 422, None)
    assert [each.pointer for each in bad.problems] == ["/application"]
    assert json.loads(service.received[0].body) == {"items": [RECORDS, {}]}


def test_not_being_ready_is_an_answer(ask: Ask, service: Service) -> None:
    service.replies = [Reply(503, b'{"store": "does not answer"}')]

    found = ask("ready")

    assert not found.is_ready
    assert found.said == {"store": "does not answer"}
    assert len(service.received) == 1


@pytest.mark.parametrize(
    "body", [b"<html>8675309.5</html>", b"[8675309.5]", json.dumps({**DECISION, "pd": {"is": 8675309.5}}).encode()]
)
def test_an_answer_that_is_none_is_an_error_without_its_text(ask: Ask, service: Service, body: bytes) -> None:
    service.replies = [Reply(body=body)]

    with pytest.raises(ServiceError) as caught:
        ask("decide", RECORDS)

    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error} {error!r}"
        error = error.__context__


def test_a_redirect_does_not_lead_the_key_elsewhere(ask: Ask, service: Service) -> None:
    service.replies = [Reply(307, b"", {"location": f"{service.url}/elsewhere"})]

    with pytest.raises(ServiceError, match="HTTP 307"):
        ask("decide", RECORDS)

    assert len(service.received) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "half \ud800", object()])
def test_what_json_cannot_say_is_refused_before_it_is_sent(ask: Ask, service: Service, value: object) -> None:
    with pytest.raises(UsageError) as caught:
        ask("decide", {"application": {"AMT_CREDIT": value, "X": CANARY}})

    assert not service.received
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


# ---------------------------------------------------------------- the key


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_the_key_stands_in_no_text_of_a_client(make: type[Client | AsyncClient], secret: str) -> None:
    client = make(key=secret)

    texts = [repr(client), repr(client._terms), repr(client._http.headers), repr(vars(client))]
    assert not [text for text in texts if secret in text]


def test_the_key_comes_from_the_environment(service: Service, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("GARANT_API_KEY", secret)
    with Client(service.url) as client:
        client.decide(RECORDS)

    assert service.received[0].headers["authorization"] == f"Bearer {secret}"


@pytest.mark.parametrize("key", ["", "two words", "line\nX-Other: 1", "clé"])
def test_a_key_that_is_none_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client(key=key)

    assert not key or key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://garant.bank.example", "http://192.0.2.7:8000", "http://localhost.evil.example"]
)
def test_http_to_another_machine_is_refused_unless_the_caller_says_so(url: str, secret: str) -> None:
    with pytest.raises(UsageError, match="in the clear"):
        Client(url, key=secret)

    Client(url, key=secret, allow_plain_http=True).close()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "https://garant.bank"]
)
def test_this_machine_and_https_are_taken(url: str, secret: str) -> None:
    Client(url, key=secret).close()


@pytest.mark.parametrize(
    "url", ["", "garant.bank", "ftp://h", "https://", "https://h:x", "https://ann:word@garant.bank"]
)
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client(url)

    assert "word@" not in str(caught.value)


# ---------------------------------------------------------------- both clients


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    def public(kind: type) -> dict[str, str]:
        members = inspect.getmembers(kind, inspect.isfunction)
        return {name: str(inspect.signature(member)) for name, member in members if not name.startswith("_")}

    assert public(Client) == public(AsyncClient)
    assert inspect.signature(Client) == inspect.signature(AsyncClient)


def test_many_questions_at_once_get_their_own_answers(service: Service, secret: str) -> None:
    async def run() -> set[str]:
        async with AsyncClient(service.url, key=secret) as client:
            found = await asyncio.gather(*(client.decide({"application": {"SK_ID_CURR": n}}) for n in range(20)))
            return {each.id for each in found}

    assert asyncio.run(run()) == {DECISION["id"]}
    assert len({sent.headers["idempotency-key"] for sent in service.received}) == 20
    assert len({sent.body for sent in service.received}) == 20
