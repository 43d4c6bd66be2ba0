"""What keeps the service up and quiet: limits of a key, revocation, a full queue, an outage, what is never written."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request

from api_world import NewWorld, World
from garant.api.health import _is_near
from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.ids import new_id
from garant.exceptions import StoreError
from tables.records.corpus import application, credit, sound

pytestmark = pytest.mark.xdist_group("api")

DECISIONS = "/v1/decisions"


def test_a_key_that_asks_too_often_waits_and_others_do_not(new_world: NewWorld) -> None:
    world = new_world(rate=3)
    answers = [world.get("/v1/models/current") for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 5
    assert refused[0].json()["type"] == "urn:garant:problem:too-often"
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert world.get("/v1/models/current", Role.RISK).status_code == 200
    time.sleep(1.1)
    assert world.get("/v1/models/current").status_code == 200


def test_a_revoked_key_is_out_within_five_seconds(new_world: NewWorld) -> None:
    world = new_world()
    assert world.get("/v1/models/current").status_code == 200
    # By another process, which this one knows only through the store.
    ApiKeys(world.parts.store).revoke(world.ids[Role.ADVISER, "paris"])
    start = time.monotonic()
    while world.get("/v1/models/current").status_code == 200:
        assert time.monotonic() < start + 5
        time.sleep(0.1)
    assert world.get("/v1/models/current").json()["type"] == "urn:garant:problem:wrong-key"


def test_a_full_queue_refuses_at_once_and_health_answers_meanwhile(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(threads=2, queue=2)
    gate = threading.Event()
    service = type(world.parts.service)
    model = service.model

    def slow(*arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401 - as the method
        gate.wait(20)
        return model(*arguments, **keywords)

    monkeypatch.setattr(service, "model", slow)
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(world.get, "/v1/models/current") for _ in range(10)]
        while sum(each.done() for each in asked) < 6:
            time.sleep(0.01)
        refused = [each.result() for each in asked if each.done()]
        assert {answer.status_code for answer in refused} == {503}
        assert refused[0].json()["type"] == "urn:garant:problem:busy"
        assert refused[0].headers["Retry-After"] == "1"
        for path in ("/healthz", "/readyz", "/metrics"):
            assert world.client.get(path, timeout=5).status_code == 200
        gate.set()
        assert sorted(each.result().status_code for each in asked) == [200] * 4 + [503] * 6
    assert world.get("/v1/models/current").status_code == 200


def test_an_outage_of_the_record_store_is_a_503_everywhere_but_for_life_itself(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    decision = world.post(DECISIONS, sound()).json()["id"]

    def gone(*_: object, **__: object) -> None:
        raise StoreError("sqlite:////secret/place/records.db: disk is gone")

    for name in ("read", "write", "held", "check"):
        monkeypatch.setattr(type(world.parts.store.database), name, gone)
    time.sleep(2.1)
    for answer in (
        world.post(DECISIONS, sound()),
        world.get(f"{DECISIONS}/{decision}"),
        world.post(f"{DECISIONS}/{decision}/contest", {"statement": "No."}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:garant:problem:store")
        assert answer.headers["Retry-After"] == "1"
        assert "secret" not in answer.text
    assert world.client.get("/healthz").status_code == 200
    ready = world.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "error": "StoreError"})
    monkeypatch.undo()
    deadline = time.monotonic() + 5
    while world.post(DECISIONS, sound()).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert world.post(DECISIONS, sound()).status_code == 201
    assert world.client.get("/readyz").status_code == 200


CANARY, NUMBER = "Zorglub-Öç", 987_654_321


def test_nothing_of_a_person_stands_in_a_log_a_figure_or_a_refusal(new_world: NewWorld) -> None:
    world = new_world()
    subject = "SUBJECT-77-Zorglub"
    records = sound(
        application=application(
            SK_ID_CURR=NUMBER, subject_ref=subject, NAME_HOUSING_TYPE=CANARY, AMT_INCOME_TOTAL=31_337.5
        ),
        bureau=[credit(AMT_CREDIT_SUM=71_717.25)],
    )
    key = f"idempotency-{NUMBER}"
    refusals: list[str] = []

    def note(answer: Any) -> Any:  # noqa: ANN401 - a response
        if answer.status_code >= 400:
            refusals.append(answer.text + json.dumps(dict(answer.headers)))
        return answer

    made = note(world.post(DECISIONS, records, headers={"Idempotency-Key": key, "X-Request-Id": str(NUMBER)})).json()
    path = f"{DECISIONS}/{made['id']}"
    note(world.post(DECISIONS, sound(), headers={"Idempotency-Key": key}))
    for wrong in ({"AMT_CREDIT": CANARY}, {"SK_ID_CURR": str(NUMBER)}, {CANARY: 1}, {"DAYS_BIRTH": NUMBER}):
        note(world.post(DECISIONS, sound(application=application(**wrong))))
    note(world.post(f"{DECISIONS}/batch", {"items": [records, {"client": NUMBER}, {**records, CANARY: 1}]}))
    note(world.post(f"{DECISIONS}/preview", {**records, "moves": [CANARY]}))
    note(world.post("/v1/explanations", records))
    note(world.post(f"{path}/confirm", {"person": CANARY, "outcome": CANARY, "ground": CANARY, "comment": CANARY}))
    note(world.post(f"{path}/contest", {"statement": f"{CANARY} {NUMBER}", CANARY: 1}))
    note(world.post(f"{path}/contest", {"statement": f"{CANARY} {NUMBER}"}))
    note(world.post("/v1/corrections", {"decision": CANARY, "changes": {"application": {CANARY: 1}}}))
    for ref in (str(NUMBER), subject, CANARY, CANARY + "\x00"):
        note(world.get(f"/v1/clients/{ref}/decisions".replace("\x00", "%00")))
        note(world.get(f"{DECISIONS}/{ref}".replace("\x00", "%00")))
    note(world.get(f"/v1/models/current?{CANARY}={NUMBER}"))
    note(world.client.get(f"/{CANARY}", headers={"Authorization": f"Bearer {NUMBER}"}))
    note(world.client.request("POST", f"/{NUMBER}", headers={"Cookie": str(NUMBER), "User-Agent": str(NUMBER)}))
    told = "\n".join([world.log.getvalue(), world.client.get("/metrics").text, *refusals])
    assert len(refusals) >= 12
    assert len(world.log.getvalue().splitlines()) > 20
    for secret in (CANARY, "Zorglub", str(NUMBER), subject, "31337.5", "71717.25", key, *world.texts.values()):
        assert secret not in told, secret
        assert json.dumps(secret)[1:-1] not in told, secret
    pds = re.findall(r"0\.\d{6,}", world.log.getvalue())
    assert str(made["pd"]) not in pds


def test_figures_have_few_labels_and_are_for_near_machines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.post(DECISIONS, sound())
    world.get(f"{DECISIONS}/{new_id()}")
    text = world.client.get("/metrics").text
    labels = set(re.findall(r'[{,](\w+)="', text))
    assert labels <= {"method", "route", "status", "stage", "outcome", "result", "le"}
    assert re.search(r'garant_decisions_total\{outcome="(refer|refuse)",route="/v1/decisions"\} \d', text)
    assert {"access", "service", "features", "model"} <= set(re.findall(r'stage="(\w+)"', text))

    def near(host: str | None) -> bool:
        client = None if host is None else (host, 1)
        return _is_near(Request({"type": "http", "client": client}))

    assert near(None)
    assert [near(host) for host in ("127.0.0.1", "10.1.2.3", "::1", "192.168.0.9")] == [True] * 4
    assert [near(host) for host in ("93.184.216.34", "2606:2800::1", "proxy")] == [False] * 3
    monkeypatch.setattr("garant.api.health._is_near", lambda _: False)
    far = world.client.get("/metrics")
    assert (far.status_code, far.json()["type"]) == (403, "urn:garant:problem:not-near")
