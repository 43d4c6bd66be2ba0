"""What the service does around a judgement: records, states, branches, people, keys."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from garant.decisions.access import Principal
from garant.decisions.record import Mode
from garant.decisions.schema import access_events
from garant.decisions.store import RecordStore
from garant.exceptions import (
    ConflictError,
    ErasedError,
    InFlightError,
    InvariantError,
    KeyReusedError,
    NotPermittedError,
    RecordsError,
    StoreError,
    UnknownDecisionError,
    UsageError,
)
from garant.runs.deciding.service import Answered, DecisionService
from garant.runs.deciding.terms import Terms
from service_parts import (
    ADMIN,
    ADVISER,
    AUDITOR,
    COLLEAGUE,
    HIGH,
    LOW,
    MIDDLE,
    REVIEWER,
    RISK,
    STRANGER,
    ByIncome,
)

pytestmark = pytest.mark.xdist_group("own")

Body = Callable[..., bytes]
Make = Callable[..., DecisionService]

on_both = pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres"))], indirect=True
)
"""On each database: what rests on a transaction."""

COMMENT = "The income was proved by three payslips."
AUTOMATED = Terms(mode=Mode.AUTOMATED, legal_basis="necessary for a contract")


def said(answered: Answered) -> dict[str, Any]:
    """The answer."""
    return json.loads(answered.body)


def decide(service: DecisionService, body: bytes, *, key: str = "1", who: Principal = ADVISER) -> dict[str, Any]:
    """Decide and read the answer."""
    return said(service.decide(who, body, key=key, language="en"))


def codes(error: pytest.ExceptionInfo[RecordsError]) -> list[str]:
    """Codes of what is wrong."""
    return [problem.code for problem in error.value.problems]


# ---------------------------------------------------------------------- deciding


@pytest.mark.parametrize(("income", "outcome"), [(HIGH, "accept"), (MIDDLE, "refer"), (LOW, "refuse")])
def test_in_assisted_mode_every_outcome_is_a_proposal(
    service: DecisionService, body: Body, income: int, outcome: str
) -> None:
    answer = decide(service, body(income))
    assert (answer["outcome"], answer["state"], answer["final_outcome"]) == (outcome, "proposed", None)
    assert (answer["mode"], answer["legal_basis"]) == ("assisted", None)


@pytest.mark.parametrize(
    ("income", "state", "final"), [(HIGH, "final", "accept"), (MIDDLE, "proposed", None), (LOW, "final", "refuse")]
)
def test_in_automated_mode_only_what_is_referred_waits(
    make: Make, body: Body, income: int, state: str, final: str | None
) -> None:
    service = make(terms=AUTOMATED)
    answer = decide(service, body(income))
    assert (answer["state"], answer["final_outcome"]) == (state, final)
    assert answer["legal_basis"] == "necessary for a contract"
    assert service.decision(ADVISER, answer["id"], language="en")["final_outcome"] == final


@pytest.mark.parametrize("basis", [None, "", "  "])
def test_automated_decisions_need_a_legal_basis(basis: str | None) -> None:
    with pytest.raises(UsageError, match="legal_basis"):
        Terms(mode=Mode.AUTOMATED, legal_basis=basis)


def test_what_was_answered_was_recorded_before(service: DecisionService, store: RecordStore, body: Body) -> None:
    answer = decide(service, body())
    found = store.decision(answer["id"])
    assert found.judgement is not None
    assert str(found.judgement.outcome) == answer["outcome"]
    assert (found.owner, found.actor, found.notice_id) == ("paris", ADVISER.id, "notice-v1")


@on_both
def test_the_same_request_again_gets_the_same_bytes_and_makes_no_second_decision(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    first = service.decide(ADVISER, body(subject="p1"), key="k", language="en")
    again = service.decide(ADVISER, body(subject="p1"), key="k", language="fr")
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.body, again.status) == (first.body, first.status)
    assert len(store.decisions_of("p1")) == 1


def test_a_key_belongs_to_one_body_and_one_principal(service: DecisionService, body: Body) -> None:
    decide(service, body(HIGH), key="k")
    with pytest.raises(KeyReusedError):
        decide(service, body(LOW), key="k")
    assert decide(service, body(LOW), key="k", who=COLLEAGUE)["outcome"] == "refuse"


def test_a_request_in_flight_is_not_judged_twice(service: DecisionService, decider: ByIncome, body: Body) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert go_on.wait(10)

    decider.before = wait
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(decide, service, body(), key="k")
        assert inside.wait(10)
        with pytest.raises(InFlightError):
            decide(service, body(), key="k")
        go_on.set()
        assert first.result()["state"] == "proposed"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"", "json.empty"),
        (b"[]", "request.not_object"),
        (b'{"client": true}', "request.client"),
        (b'{"client": -1}', "request.client"),
        (b'{"client": 4}', "request.unknown_client"),
        (b'{"client": 4, "application": {}}', "request.client_and_tables"),
        (b'{"application": {"TARGET": 1}}', "json.label"),
        (b'{"application": {}, "moves": []}', "json.unknown_table"),
        (b'{"client": 4, "notice_id": "notice-v0"}', "request.unknown_notice"),
        (b'{"client": 4, "external_checks": {"other": {}}}', "external_checks.unknown_check"),
    ],
)
def test_bad_input_is_refused_and_leaves_no_record(
    service: DecisionService, store: RecordStore, body: Body, wrong: bytes, code: str
) -> None:
    with pytest.raises(RecordsError) as caught:
        decide(service, wrong, key="k")
    assert code in codes(caught)
    assert store.decisions_of("4") == ()
    # The key is free: nothing was answered by it.
    assert decide(service, body(), key="k")["state"] == "proposed"


def test_a_client_of_the_store_is_decided_like_the_same_records_sent(
    service: DecisionService, store: RecordStore, client: int, records: dict[str, Any]
) -> None:
    by_id = store.decision(decide(service, json.dumps({"client": client}).encode(), key="1")["id"])
    by_records = store.decision(decide(service, json.dumps(records).encode(), key="2")["id"])
    assert by_id.judgement is not None
    assert by_records.judgement is not None
    assert by_id.judgement.raw == by_records.judgement.raw
    assert by_id.judgement.subject == by_records.judgement.subject


def test_without_data_no_client_of_a_store_is_decided(make: Make, client: int) -> None:
    with pytest.raises(RecordsError) as caught:
        decide(make(clients=None), json.dumps({"client": client}).encode())
    assert codes(caught) == ["request.no_client_store"]


def test_external_checks_are_judged_and_recorded(service: DecisionService, store: RecordStore, body: Body) -> None:
    checks = {"national_register": {"date": "2026-11-29", "result": "listed", "reference": "r-1"}}
    answer = decide(service, body(HIGH, external_checks=checks))
    assert answer["outcome"] == "refer"
    found = store.decision(answer["id"]).judgement
    assert found is not None
    assert json.loads(found.raw)["external_checks"] == checks


@on_both
@pytest.mark.parametrize("income", [HIGH, MIDDLE, LOW])
def test_the_stop_switch_is_asked_for_each_decision(
    service: DecisionService, store: RecordStore, body: Body, income: int
) -> None:
    store.stop(RISK, "drift")
    assert decide(service, body(income))["outcome"] == "refer"
    store.resume(RISK, "looked at")
    assert decide(service, body(HIGH), key="2")["outcome"] == "accept"


@pytest.mark.parametrize(
    "error", [InvariantError("contributions"), StoreError("gone"), ZeroDivisionError(), KeyError("x")]
)
def test_no_failure_of_the_decider_becomes_an_answer(
    make: Make, store: RecordStore, decider: ByIncome, body: Body, error: Exception
) -> None:
    service = make(terms=AUTOMATED)

    def fail() -> None:
        raise error

    decider.before = fail
    with pytest.raises(type(error)):
        decide(service, body(HIGH, subject="p1"), key="k")
    assert store.decisions_of("p1") == ()


class Unwell:
    """A store that fails at one step and is itself otherwise."""

    def __init__(self, store: RecordStore, step: str) -> None:
        self._store, self._step = store, step

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        if name == self._step:
            raise StoreError("The database is gone.")
        return getattr(self._store, name)


@pytest.mark.parametrize("step", ["claim", "is_stopped"])
def test_without_the_record_store_nothing_is_decided(make: Make, store: RecordStore, body: Body, step: str) -> None:
    with pytest.raises(StoreError):
        decide(make(store=Unwell(store, step), terms=AUTOMATED), body(HIGH, subject="p1"))
    assert store.decisions_of("p1") == ()


def test_an_answer_that_is_not_committed_does_not_leave(
    service: DecisionService, store: RecordStore, decider: ByIncome, body: Body
) -> None:
    # After the claim was taken nothing can be written any more.
    decider.before = store.database.close
    with pytest.raises(StoreError):
        decide(service, body(HIGH))


def test_a_model_that_is_exchanged_meanwhile_gives_each_decision_one_digest(
    service: DecisionService, store: RecordStore, decider: ByIncome, body: Body
) -> None:
    other = ByIncome(decider.reader, "c" * 64)
    decider.before = lambda: service.use(other) and None  # pyright: ignore[reportArgumentType]
    first = decide(service, body(), key="1")
    second = decide(service, body(), key="2")
    assert (first["digests"]["bundle"], second["digests"]["bundle"]) == ("b" * 64, "c" * 64)
    assert store.decision(first["id"]).digests.bundle == "b" * 64


# ---------------------------------------------------------------------- batches


def batch(service: DecisionService, *items: Any, key: str = "b") -> Answered:  # noqa: ANN401 - JSON
    """Decide several at once."""
    return service.decide_batch(ADVISER, json.dumps({"items": items}).encode(), key=key, language="en")


@on_both
def test_a_bad_item_spoils_no_other(service: DecisionService, store: RecordStore, body: Body) -> None:
    good, other = json.loads(body(HIGH, subject="p1")), json.loads(body(LOW, subject="p2"))
    answer = said(batch(service, {**good, "key": "row 1"}, {"application": {}}, 7, other))["items"]
    assert [item["status"] for item in answer] == [201, 422, 422, 201]
    assert [item.get("key") for item in answer] == ["row 1", None, None, None]
    assert [answer[n]["decision"]["outcome"] for n in (0, 3)] == ["accept", "refuse"]
    assert all("decision" not in answer[n] and answer[n]["problem"]["errors"] for n in (1, 2))
    assert len(store.decisions_of("p1")) == len(store.decisions_of("p2")) == 1


def test_an_item_that_fails_inside_is_told_and_not_accepted(
    service: DecisionService, decider: ByIncome, body: Body
) -> None:
    calls: list[int] = []

    def fail_second() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise InvariantError("SECRET")

    decider.before = fail_second
    one = json.loads(body(HIGH))
    answered = batch(service, one, one, one)
    assert [item["status"] for item in said(answered)["items"]] == [201, 500, 201]
    assert b"SECRET" not in answered.body


def test_a_batch_again_gets_the_same_bytes(service: DecisionService, store: RecordStore, body: Body) -> None:
    items = [json.loads(body(HIGH, subject="p1")), {"application": 3}]
    first, again = batch(service, *items), batch(service, *items)
    assert (again.body, again.replayed) == (first.body, True)
    assert len(store.decisions_of("p1")) == 1


@on_both
def test_after_the_erasure_of_one_person_the_answer_of_the_batch_is_gone(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    items = [json.loads(body(HIGH, subject="p1")), json.loads(body(LOW, subject="p2"))]
    batch(service, *items)
    store.erase("p2", reason="asked", actor="key-m")
    with pytest.raises(ErasedError):
        batch(service, *items)


@pytest.mark.parametrize(
    "wrong", [{}, {"items": []}, {"items": {}}, {"items": [1], "other": 1}, {"items": [1] * 1_001}]
)
def test_a_batch_that_is_none_is_refused(service: DecisionService, wrong: dict[str, Any]) -> None:
    with pytest.raises(RecordsError):
        service.decide_batch(ADVISER, json.dumps(wrong).encode(), key="b", language="en")


def test_a_batch_is_not_told_while_the_store_is_gone(make: Make, store: RecordStore, body: Body) -> None:
    service = make(store=Unwell(store, "is_stopped"))
    with pytest.raises(StoreError):
        batch(service, json.loads(body(HIGH)))


# ---------------------------------------------------------------------- looking, previews


def looks(store: RecordStore) -> list[str]:
    """What was looked at, as the store recorded it."""

    return list(
        store.database.read(lambda connection: connection.execute(select(access_events.c.what)).scalars().all())
    )


def test_a_preview_keeps_nothing_but_that_somebody_looked(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    answer = service.preview(ADVISER, body(LOW, subject="p1"), language="en")
    assert answer["outcome"] == "refuse"
    assert not {"id", "state", "what_if"} & set(answer)
    assert store.decisions_of("p1") == ()
    assert looks(store) == ["preview"]


def test_a_preview_takes_moves(service: DecisionService, body: Body) -> None:
    answer = service.preview(ADVISER, body(moves=["smaller_credit=1000"]), language="fr")
    assert answer["what_if"] == {"moves": ["smaller_credit=1000"], "in": "fr"}
    with pytest.raises(RecordsError):
        service.preview(ADVISER, body(moves="smaller_credit=1000"), language="fr")


def test_an_explanation_holds_contributions_and_base_value_and_is_seen(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    answer = service.explanation(ADVISER, body(), language="en")
    assert answer["contributions"] == {"late_days_max": 0.25, "z": -1e-300}
    assert answer["base_value"] + sum(answer["contributions"].values()) == pytest.approx(answer["margin"])
    assert looks(store) == ["explanation"]


def test_what_is_looked_up_is_seen(service: DecisionService, store: RecordStore, body: Body) -> None:
    answer = decide(service, body(subject="p1"))
    service.decision(ADVISER, answer["id"], language="en")
    service.decisions_of(ADVISER, "p1", language="en")
    assert looks(store) == ["decision", "decisions_of"]


def test_records_of_a_client_are_given_without_the_application_and_seen(
    service: DecisionService, store: RecordStore, records: dict[str, Any], client: int
) -> None:
    assert service.kept_records(ADVISER, client) == {n: rows for n, rows in records.items() if n != "application"}
    assert looks(store) == ["records"]
    with pytest.raises(RecordsError, match="unknown_client"):
        service.kept_records(ADVISER, 7)


def test_no_records_are_given_that_cannot_be_recorded_as_seen(make: Make, store: RecordStore, client: int) -> None:
    with pytest.raises(StoreError):
        make(store=Unwell(store, "saw")).kept_records(ADVISER, client)


def test_without_a_store_of_clients_there_are_no_records(make: Make, client: int) -> None:
    service = make(clients=None)
    assert not service.has_clients
    with pytest.raises(RecordsError, match="no_client_store"):
        service.kept_records(ADVISER, client)


def test_what_is_wrong_is_told_without_anything_being_recorded(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    assert service.problems_of(ADVISER, body()) == ()
    assert [problem.code for problem in service.problems_of(ADVISER, body(loans=[]))] == ["json.unknown_table"]
    assert [problem.code for problem in service.problems_of(ADVISER, b"{")] == ["json.syntax"]
    assert looks(store) == []


@pytest.mark.parametrize("what", ["decision", "preview", "explanation", "decisions_of"])
def test_nobody_sees_anything_that_cannot_be_recorded_as_seen(
    make: Make, store: RecordStore, body: Body, what: str
) -> None:
    id_ = decide(make(), body(subject="p1"))["id"]
    service = make(store=Unwell(store, "saw"))
    asked: dict[str, Any] = {"decision": id_, "decisions_of": "p1"}
    with pytest.raises(StoreError):
        getattr(service, what)(ADVISER, asked.get(what, body()), language="en")


def test_another_branch_cannot_tell_a_decision_from_none(service: DecisionService, body: Body) -> None:
    id_ = decide(service, body(subject="p1"))["id"]
    messages: set[str] = set()
    for wanted in (id_, "01900000-0000-7000-8000-000000000000"):
        for ask in (
            lambda id_=wanted: service.decision(STRANGER, id_, language="en"),
            lambda id_=wanted: service.confirm(STRANGER, id_, person="X", outcome="accept", ground="agrees"),
            lambda id_=wanted: service.contest(STRANGER, id_, statement="no"),
            lambda id_=wanted: service.correct(
                STRANGER, json.dumps({"decision": id_, "changes": {}}).encode(), key=f"c{id_}", language="en"
            ),
        ):
            with pytest.raises(UnknownDecisionError) as caught:
                ask()
            messages.add(str(caught.value))
    assert len(messages) == 1
    assert service.decisions_of(STRANGER, "p1", language="en") == []
    assert service.decisions_of(STRANGER, "nobody", language="en") == []
    assert [each["id"] for each in service.decisions_of(COLLEAGUE, "p1", language="en")] == [id_]
    assert [each["id"] for each in service.decisions_of(REVIEWER, "p1", language="en")] == [id_]


@pytest.mark.parametrize(
    ("who", "what"),
    [
        (REVIEWER, "decide"),
        (AUDITOR, "decide"),
        (ADMIN, "decide"),
        (RISK, "preview"),
        (REVIEWER, "kept_records"),
        (AUDITOR, "problems_of"),
        (AUDITOR, "explanation"),
        (ADMIN, "decision"),
        (ADMIN, "decisions_of"),
        (REVIEWER, "confirm"),
        (AUDITOR, "contest"),
        (ADVISER, "review"),
        (RISK, "review"),
        (REVIEWER, "correct"),
        (REVIEWER, "decide_batch"),
    ],
)
def test_a_role_does_only_what_it_may(
    service: DecisionService, store: RecordStore, body: Body, who: Principal, what: str
) -> None:
    id_ = decide(service, body(subject="p1"))["id"]
    ask: dict[str, Callable[[], object]] = {
        "decide": lambda: decide(service, body(subject="p2"), who=who),
        "decide_batch": lambda: service.decide_batch(who, b'{"items": [1]}', key="b", language="en"),
        "preview": lambda: service.preview(who, body(), language="en"),
        "explanation": lambda: service.explanation(who, body(), language="en"),
        "kept_records": lambda: service.kept_records(who, 1),
        "problems_of": lambda: service.problems_of(who, body()),
        "decision": lambda: service.decision(who, id_, language="en"),
        "decisions_of": lambda: service.decisions_of(who, "p1", language="en"),
        "confirm": lambda: service.confirm(who, id_, person="X", outcome="accept", ground="other", comment=COMMENT),
        "contest": lambda: service.contest(who, id_, statement="no"),
        "review": lambda: service.review(who, id_, outcome="accept", ground="file", comment=COMMENT),
        "correct": lambda: service.correct(who, b"{}", key="c", language="en"),
    }
    with pytest.raises(NotPermittedError):
        ask[what]()
    assert store.decision(id_).events == ()
    assert store.decisions_of("p2") == ()


def test_an_erased_person_can_no_longer_be_read(service: DecisionService, store: RecordStore, body: Body) -> None:
    id_ = decide(service, body(subject="p1"), key="k")["id"]
    store.erase("p1", reason="asked", actor="key-m")
    for ask in (
        lambda: service.decision(ADVISER, id_, language="en"),
        lambda: service.contest(ADVISER, id_, statement="no"),
        lambda: decide(service, body(subject="p1"), key="k"),
    ):
        with pytest.raises(ErasedError):
            ask()


# ---------------------------------------------------------------------- people


def test_a_proposal_becomes_final_by_a_named_person(service: DecisionService, body: Body) -> None:
    id_ = decide(service, body(LOW))["id"]
    answer = service.confirm(COLLEAGUE, id_, person="Ada Martin", outcome="refuse", ground="agrees")
    assert (answer["state"], answer["final_outcome"]) == ("final", "refuse")
    assert answer == service.decision(ADVISER, id_, language="en")
    (event,) = answer["events"]
    assert (event["kind"], event["actor"]) == ("confirmed", COLLEAGUE.id)
    assert event["content"] == {"person": "Ada Martin", "outcome": "refuse", "ground": "agrees"}
    with pytest.raises(ConflictError, match="final"):
        service.confirm(ADVISER, id_, person="Ada Martin", outcome="refuse", ground="agrees")


def test_a_person_may_decide_otherwise_and_says_why(service: DecisionService, body: Body) -> None:
    id_ = decide(service, body(LOW))["id"]
    cases: tuple[dict[str, Any], ...] = (
        {"ground": "agrees", "comment": COMMENT},
        {"ground": "new_information"},
        {"ground": "new_information", "comment": "   "},
        {"ground": "because", "comment": COMMENT},
    )
    for wrong in cases:
        with pytest.raises(RecordsError):
            service.confirm(ADVISER, id_, person="Ada Martin", outcome="accept", **wrong)
    answer = service.confirm(
        ADVISER, id_, person="Ada Martin", outcome="accept", ground="new_information", comment=COMMENT
    )
    assert (answer["outcome"], answer["final_outcome"]) == ("refuse", "accept")


@pytest.mark.parametrize("outcome", ["refer", "ACCEPT", "", None, 3])
def test_a_person_accepts_or_refuses_and_nothing_else(service: DecisionService, body: Body, outcome: Any) -> None:  # noqa: ANN401
    id_ = decide(service, body(MIDDLE))["id"]
    with pytest.raises(RecordsError):
        service.confirm(ADVISER, id_, person="Ada Martin", outcome=outcome, ground="other", comment=COMMENT)
    with pytest.raises(RecordsError):
        service.confirm(ADVISER, id_, person="  ", outcome="accept", ground="other", comment=COMMENT)


@on_both
def test_who_acted_first_or_confirmed_never_reviews(make: Make, store: RecordStore, body: Body) -> None:
    service = make()
    id_ = decide(service, body(LOW))["id"]
    service.confirm(COLLEAGUE, id_, person="Ada Martin", outcome="refuse", ground="agrees")
    service.contest(ADVISER, id_, statement="My income is higher.")
    for first in (ADVISER, COLLEAGUE):
        promoted = Principal(id=first.id, role=REVIEWER.role, owner=first.owner)
        with pytest.raises(NotPermittedError, match="another person"):
            service.review(promoted, id_, outcome="accept", ground="file", comment=COMMENT)
    service.note_view(REVIEWER, id_, view="unsure", note="Payslips are missing.", language="en")
    answer = service.review(REVIEWER, id_, outcome="accept", ground="file", comment=COMMENT)
    assert (answer["state"], answer["final_outcome"]) == ("reviewed", "accept")
    assert store.decision(id_).state == "reviewed"


def test_who_decided_what_was_corrected_does_not_review_the_correction(service: DecisionService, body: Body) -> None:
    first = decide(service, body(LOW))["id"]
    second = correct(service, {"decision": first, "changes": {}}, who=COLLEAGUE)["id"]
    service.contest(COLLEAGUE, second, statement="no")
    promoted = Principal(id=ADVISER.id, role=REVIEWER.role, owner=ADVISER.owner)
    with pytest.raises(NotPermittedError, match="another person"):
        service.review(promoted, second, outcome="accept", ground="file", comment=COMMENT)


@on_both
def test_states_follow_one_another_and_none_is_passed_over(service: DecisionService, body: Body) -> None:
    id_ = decide(service, body(LOW))["id"]
    with pytest.raises(ConflictError, match="proposed"):
        service.review(REVIEWER, id_, outcome="accept", ground="file", comment=COMMENT)
    service.contest(ADVISER, id_, statement="no")
    with pytest.raises(ConflictError, match="own view"):
        service.review(REVIEWER, id_, outcome="accept", ground="file", comment=COMMENT)
    for again in (
        lambda: service.contest(ADVISER, id_, statement="no"),
        lambda: service.confirm(ADVISER, id_, person="A", outcome="refuse", ground="agrees"),
    ):
        with pytest.raises(ConflictError, match="contested"):
            again()
    with pytest.raises(RecordsError):
        service.review(REVIEWER, id_, outcome="accept", ground="file", comment="x" * 19 + " " * 30)
    service.note_view(REVIEWER, id_, view="refuse", note="Charges are high.", language="en")
    service.review(REVIEWER, id_, outcome="refuse", ground="file", comment=COMMENT)
    with pytest.raises(ConflictError, match="reviewed"):
        service.review(REVIEWER, id_, outcome="accept", ground="file", comment=COMMENT)


def test_what_a_reviewer_has_begun_with_is_not_confirmed_by_an_adviser(service: DecisionService, body: Body) -> None:
    for act in (
        lambda id_: service.note_view(REVIEWER, id_, view="refuse", note="Charges are high.", language="en"),
        lambda id_: service.ask_for_papers(REVIEWER, id_, ground="income", comment=COMMENT),
    ):
        id_ = decide(service, body(MIDDLE))["id"]
        act(id_)
        with pytest.raises(ConflictError, match="reviewer has begun"):
            service.confirm(ADVISER, id_, person="A", outcome="accept", ground="other", comment=COMMENT)


@on_both
def test_of_two_who_confirm_at_once_one_is_told(service: DecisionService, store: RecordStore, body: Body) -> None:
    id_ = decide(service, body(LOW))["id"]
    ready = threading.Barrier(2)
    real = store.decision

    def together(wanted: str) -> Any:  # noqa: ANN401 - a decision
        found = real(wanted)
        ready.wait(10)
        return found

    store.decision = together  # pyright: ignore[reportAttributeAccessIssue]

    def confirm(outcome: str) -> str:
        try:
            service.confirm(ADVISER, id_, person="A", outcome=outcome, ground="other", comment=COMMENT)
        except ConflictError:
            return "conflict"
        return outcome

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(confirm, ["accept", "refuse"]))
    assert sorted(told).count("conflict") == 1
    assert len(real(id_).events) == 1


# ---------------------------------------------------------------------- corrections


def correct(
    service: DecisionService, value: dict[str, Any], *, key: str = "c", who: Principal = ADVISER
) -> dict[str, Any]:
    """Correct and read the answer."""
    return said(service.correct(who, json.dumps(value).encode(), key=key, language="en"))


@on_both
def test_a_correction_is_a_new_decision_linked_with_the_old_one(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    old = decide(service, body(LOW, subject="p1"))["id"]
    new = correct(service, {"decision": old, "reason": "Salary typed wrong", **json.loads(body(HIGH, subject="p1"))})
    assert (new["outcome"], new["supersedes"]) == ("accept", old)
    before = service.decision(ADVISER, old, language="en")
    assert (before["superseded_by"], before["outcome"], before["state"]) == (new["id"], "refuse", "proposed")
    (event,) = before["events"]
    assert event["kind"] == "corrected"
    assert event["content"] == {"by": new["id"], "reason": "Salary typed wrong"}
    assert len(store.decisions_of("p1")) == 2


def test_changes_are_made_to_the_records_of_the_old_decision(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    checks = {"national_register": {"date": "2026-11-29", "result": "clear"}}
    old = decide(service, body(LOW, external_checks=checks))["id"]
    changes = {"application": {"AMT_INCOME_TOTAL": HIGH}, "bureau": [], "bureau_balance": []}
    new = store.decision(correct(service, {"decision": old, "changes": changes})["id"]).judgement
    assert new is not None
    expected = {**json.loads(body(HIGH, external_checks=checks)), "bureau": [], "bureau_balance": []}
    assert json.loads(new.raw) == expected


def test_a_decision_is_corrected_once(service: DecisionService, body: Body) -> None:
    old = decide(service, body(LOW))["id"]
    new = correct(service, {"decision": old, "changes": {}})["id"]
    for act in (
        lambda: correct(service, {"decision": old, "changes": {}}, key="other"),
        lambda: service.confirm(ADVISER, old, person="A", outcome="refuse", ground="agrees"),
        lambda: service.contest(ADVISER, old, statement="no"),
    ):
        with pytest.raises(ConflictError, match=r"corrected|supersedes"):
            act()
    assert correct(service, {"decision": new, "changes": {}}, key="third")["supersedes"] == new


def test_a_correction_is_about_the_same_application(
    service: DecisionService, store: RecordStore, body: Body, records: dict[str, Any]
) -> None:
    old = decide(service, body(LOW, subject="p1"))["id"]
    none = {name: [] for name in records if name != "application"}
    application = {"SK_ID_CURR": records["application"]["SK_ID_CURR"] + 1}
    with pytest.raises(RecordsError) as caught:
        correct(service, {"decision": old, "changes": {**none, "application": application}})
    assert codes(caught) == ["request.other_person"]
    assert store.decision(old).events == ()


def test_a_correction_again_gets_the_same_bytes(service: DecisionService, body: Body) -> None:
    old = decide(service, body(LOW))["id"]
    value = json.dumps({"decision": old, "changes": {}}).encode()
    first = service.correct(ADVISER, value, key="c", language="en")
    again = service.correct(ADVISER, value, key="c", language="en")
    assert (again.body, again.replayed) == (first.body, True)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"decision": ""}, "request.decision"),
        ({"decision": 7}, "request.decision"),
        ({"reason": 7}, "request.reason"),
        ({"changes": []}, "request.changes"),
        ({"changes": {"application": []}}, "request.changes"),
        ({"changes": {"application": {"TARGET": 1}}}, "json.label"),
        ({"changes": {"application": {"subject_ref": "somebody else"}}}, "request.other_person"),
        ({"changes": {}, "application": {}}, "request.changes"),
    ],
)
def test_a_wrong_correction_changes_nothing(
    service: DecisionService, store: RecordStore, body: Body, more: dict[str, Any], code: str
) -> None:
    old = decide(service, body(LOW, subject="p1"))["id"]
    with pytest.raises(RecordsError) as caught:
        correct(service, {"decision": old, **({} if "changes" in more else {"changes": {}}), **more})
    assert code in codes(caught)
    assert len(store.decisions_of("p1")) == 1
    assert store.decision(old).events == ()


# ---------------------------------------------------------------------- the service itself


def test_ready_asks_the_store(make: Make, store: RecordStore) -> None:
    assert make().ready()["store"] == "ok"
    with pytest.raises(StoreError):
        make(store=Unwell(store, "check")).ready()
