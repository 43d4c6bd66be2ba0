"""The rules of human review where they are held: in the service, for whoever asks."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from garant.decisions.access import Principal, Role
from garant.decisions.store import RecordStore
from garant.exceptions import ConflictError, NotPermittedError, RecordsError, WrongStateError
from garant.runs.deciding import reviewing
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.terms import Terms
from service_parts import ADVISER, AUDITOR, COLLEAGUE, HIGH, LOW, MIDDLE, REVIEWER, RISK, STRANGER
from store_records import judgement

pytestmark = pytest.mark.xdist_group("own")

Body = Callable[..., bytes]
Make = Callable[..., DecisionService]

SECOND = Principal(id="key-q", role=Role.REVIEWER, owner="head office")
COMMENT = "The income was proved by three payslips."

on_both = pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres"))], indirect=True
)


def decide(service: DecisionService, body: bytes, key: str = "1") -> str:
    """Decide; the id."""
    return json.loads(service.decide(ADVISER, body, key=key, language="en").body)["id"]


def look(service: DecisionService, id_: str, who: Principal = REVIEWER, view: str = "unsure") -> dict[str, Any]:
    """Note a view."""
    return service.note_view(who, id_, view=view, note="By the file.", person="R. Petit", language="en")


def review(service: DecisionService, id_: str, who: Principal = REVIEWER, outcome: str = "accept") -> dict[str, Any]:
    """Decide as a reviewer."""
    return service.review(who, id_, outcome=outcome, ground="file", comment=COMMENT, person="R. Petit")


@on_both
def test_a_referred_proposal_is_reviewed_then_contested_and_reviewed_by_another(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    id_ = decide(service, body(MIDDLE))
    look(service, id_)
    done = review(service, id_, outcome="refuse")
    assert (done["state"], done["final_outcome"]) == ("final", "refuse")
    service.contest(ADVISER, id_, statement="No.")
    # Who decided before does not review it, and needs not be kept from what they know.
    with pytest.raises(NotPermittedError, match="another person"):
        look(service, id_)
    assert service.decision(REVIEWER, id_, language="en")["reasons"]
    look(service, id_, SECOND)
    assert review(service, id_, SECOND)["state"] == "reviewed"
    assert [event.kind for event in store.decision(id_).events] == [
        "viewed",
        "reviewed",
        "contested",
        "viewed",
        "reviewed",
    ]
    assert service.review_queue(REVIEWER).cases == ()


@pytest.mark.parametrize("income", [HIGH, LOW])
def test_what_nobody_referred_or_contested_is_not_reviewed(service: DecisionService, body: Body, income: int) -> None:
    id_ = decide(service, body(income))
    for act in (
        lambda: look(service, id_),
        lambda: review(service, id_),
        lambda: service.review_file(REVIEWER, id_, language="en"),
        lambda: service.ask_for_papers(REVIEWER, id_, ground="income", comment=COMMENT),
    ):
        with pytest.raises(WrongStateError):
            act()
    assert service.decision(REVIEWER, id_, language="en")["pd"] is not None


@pytest.mark.parametrize("income", [MIDDLE, LOW])
def test_a_reviewer_is_told_nothing_that_would_anchor_their_view(
    service: DecisionService, store: RecordStore, body: Body, income: int
) -> None:
    id_ = decide(service, body(income, subject="p1"))
    service.contest(ADVISER, id_, statement="I earn more.")
    file = service.review_file(REVIEWER, id_, language="en")
    (of_person,) = service.decisions_of(REVIEWER, "p1", language="en")
    for told in (file["decision"], service.decision(REVIEWER, id_, language="en"), of_person):
        assert told["withheld"] is True
        assert [told[name] for name in ("pd", "points", "rules", "reasons", "warnings")] == [None, None, [], [], []]
    assert "CANARY" not in json.dumps({**file, "facts": {}}).replace("SUBJECT-CANARY", "")
    assert (file["statement"], file["contributions"], file["kind"]) == ("I earn more.", None, "contested")
    assert file["facts"]
    assert file["rows"]["bureau"]
    for act in (
        lambda: review(service, id_),
        lambda: service.ask_for_papers(REVIEWER, id_, ground="income", comment=COMMENT),
    ):
        with pytest.raises(ConflictError, match="own view"):
            act()
    assert look(service, id_)["reasons"]
    after = service.review_file(REVIEWER, id_, language="en")
    assert after["contributions"]
    assert after["own_view"]["note"] == "By the file."
    # For everybody else nothing is held back, and another reviewer does not read what the first one thinks.
    for who in (ADVISER, AUDITOR, RISK):
        assert "withheld" not in service.decision(who, id_, language="en")
    theirs = service.decision(SECOND, id_, language="en")
    assert (theirs["withheld"], theirs["events"][-1]["content"]) == (True, {})
    assert store.decision(id_).events[-1].content["note"] == "By the file."


def test_a_view_counts_for_one_round(service: DecisionService, body: Body) -> None:
    id_ = decide(service, body(MIDDLE))
    look(service, id_, SECOND)
    assert service.decision(SECOND, id_, language="en")["pd"] is not None
    service.contest(ADVISER, id_, statement="No.")
    assert service.decision(SECOND, id_, language="en")["withheld"] is True
    with pytest.raises(WrongStateError, match="own view"):
        review(service, id_, SECOND)
    look(service, id_, SECOND)
    with pytest.raises(WrongStateError, match="noted already"):
        look(service, id_, SECOND)


@pytest.mark.parametrize(
    ("act", "fields", "pointers"),
    [
        ("note_view", {"view": "maybe", "note": "x"}, {"/view"}),
        ("note_view", {"view": None, "note": " "}, {"/view", "/note"}),
        ("note_view", {"view": "accept", "note": "x" * 5_001}, {"/note"}),
        ("note_view", {"view": "accept", "note": "x", "person": "x" * 201}, {"/person"}),
        ("ask_for_papers", {"ground": "file", "comment": COMMENT}, {"/ground"}),
        ("ask_for_papers", {"ground": "income", "comment": "x" * 19}, {"/comment"}),
        ("review", {"outcome": "unsure", "ground": "file", "comment": COMMENT}, {"/outcome"}),
        ("review", {"outcome": "accept", "ground": "agrees", "comment": COMMENT}, {"/ground"}),
        ("review", {"outcome": None, "ground": None, "comment": None}, {"/outcome", "/ground", "/comment"}),
    ],
)
def test_what_a_reviewer_says_is_held_to_its_form(
    service: DecisionService, store: RecordStore, body: Body, act: str, fields: dict[str, Any], pointers: set[str]
) -> None:
    id_ = decide(service, body(MIDDLE))
    if act != "note_view":
        look(service, id_)
    before = store.decision(id_).events
    with pytest.raises(RecordsError) as caught:
        getattr(service, act)(REVIEWER, id_, language="en", **fields)
    assert {problem.pointer for problem in caught.value.problems} == pointers
    assert store.decision(id_).events == before


def test_two_reviewers_must_agree_above_the_amount_and_one_decides_up_to_it(
    make: Make, store: RecordStore, body: Body, records: dict[str, Any]
) -> None:
    amount = float(records["application"]["AMT_CREDIT"])
    at_it, below = (make(terms=Terms(four_eyes_amount=limit)) for limit in (amount, amount - 1))
    id_ = decide(at_it, body(MIDDLE))
    look(at_it, id_)
    assert review(at_it, id_)["state"] == "final"
    id_ = decide(below, body(MIDDLE), key="2")
    with pytest.raises(WrongStateError, match="two reviewers"):
        below.confirm(ADVISER, id_, person="A", outcome="accept", ground="other", comment=COMMENT)
    look(below, id_)
    look(below, id_, SECOND)
    assert (review(below, id_)["state"], below.review_queue(RISK).total) == ("proposed", 1)
    with pytest.raises(NotPermittedError, match="Two reviewers"):
        review(below, id_)
    assert below.decision(ADVISER, id_, language="en")["final_outcome"] is None
    assert below.review_file(SECOND, id_, language="en")["first_review"]["outcome"] == "accept"
    assert review(below, id_, SECOND)["final_outcome"] == "accept"
    assert below.review_queue(RISK).total == 0
    # Neither of the two reviews it again.
    below.contest(ADVISER, id_, statement="No.")
    for who in (REVIEWER, SECOND):
        with pytest.raises(NotPermittedError):
            look(below, id_, who)
    assert len(store.decision(id_).events) == 5


@pytest.mark.parametrize("amount", [None, "much", True, []])
def test_an_amount_that_cannot_be_read_needs_two(amount: object) -> None:
    unread = judgement(raw=json.dumps({"application": {"AMT_CREDIT": amount}}).encode())
    assert reviewing.needs_two(unread, 1e12)
    assert not reviewing.needs_two(unread, None)


def test_nobody_acts_on_a_review_of_their_own(service: DecisionService, store: RecordStore, body: Body) -> None:
    id_ = decide(service, body(MIDDLE))
    promoted = Principal(id=ADVISER.id, role=Role.REVIEWER, owner="paris")
    for act in (
        lambda: look(service, id_, promoted),
        lambda: review(service, id_, promoted),
        lambda: service.ask_for_papers(promoted, id_, ground="income", comment=COMMENT),
    ):
        with pytest.raises(NotPermittedError):
            act()
    assert service.review_file(promoted, id_, language="en")["may_decide"] is False
    assert store.decision(id_).events == ()
    # To ask for a review is to act on it, too.
    service.contest(COLLEAGUE, id_, statement="No.")
    with pytest.raises(NotPermittedError):
        look(service, id_, Principal(id=COLLEAGUE.id, role=Role.REVIEWER, owner="paris"))


def test_the_queue_tells_age_deadline_and_only_the_own_branch(make: Make, body: Body) -> None:
    service = make(terms=Terms(review_days=3))
    id_ = decide(service, body(MIDDLE))
    (found,) = service.review_queue(ADVISER).cases
    assert (found.case.decision, found.age_days, found.is_late, found.is_noted) == (id_, 0, False, False)
    assert found.deadline - found.case.since == timedelta(days=3)
    assert service.review_queue(STRANGER).cases == service.review_queue(STRANGER, branch="paris").cases == ()
    assert len(service.review_queue(REVIEWER, branch="paris").cases) == 1
    assert service.review_queue(REVIEWER, branch="lyon").cases == ()
    look(service, id_)
    assert service.review_queue(REVIEWER).cases[0].is_noted
    assert not service.review_queue(SECOND).cases[0].is_noted
    assert make(terms=Terms(review_days=0)).review_queue(RISK).cases[0].is_late


def test_agreement_and_time_are_recorded_with_the_review_and_summed_by_reviewer(
    service: DecisionService, store: RecordStore, body: Body
) -> None:
    # The PD of these judgements lies above the cut-off: the model's side is to refuse.
    id_ = ""
    for number, (view, outcome) in enumerate([("accept", "accept"), ("refuse", "accept"), ("unsure", "refuse")]):
        id_ = decide(service, body(LOW if number else MIDDLE), key=str(number))
        if number:
            service.contest(ADVISER, id_, statement="No.")
        service.review_file(REVIEWER, id_, language="en")
        look(service, id_, view=view)
        review(service, id_, outcome=outcome)
    content = store.decision(id_).events[-1].content
    assert (content["as_model"], content["as_before"], "as_own_view" in content) == (True, True, False)
    assert 0 <= content["seconds"] < 60
    (found,) = service.review_figures(AUDITOR)
    assert (found.reviewer, found.reviews) == ("R. Petit", 3)
    shares = [(share.n, share.of) for share in (found.as_own_view, found.as_model, found.as_before)]
    assert shares == [(1, 2), (1, 3), (1, 2)]
    assert found.median_minutes is not None
    for who in (ADVISER, REVIEWER):
        with pytest.raises(NotPermittedError):
            service.review_figures(who)


def test_a_reviewer_does_not_see_what_is_kept_out_of_decisions(
    service: DecisionService, body: Body, records: dict[str, Any]
) -> None:
    assert {"CODE_GENDER", "NAME_FAMILY_STATUS", "CNT_CHILDREN"} <= set(records["application"])
    file = service.review_file(REVIEWER, decide(service, body(MIDDLE)), language="en")
    labels = {label for rows in file["facts"].values() for label, _ in rows}
    assert "Income that the applicant states" in labels
    assert (
        not {"Sex of the applicant", "Marital status of the applicant", "How many children the applicant has"} & labels
    )
    assert file["left_out"] >= 3
    assert not any("NAME_TYPE_SUITE" in row for row in file["rows"]["previous_application"])


def test_every_look_at_a_file_is_recorded(service: DecisionService, store: RecordStore, body: Body) -> None:
    id_ = decide(service, body(MIDDLE, subject="p1"))
    service.review_file(REVIEWER, id_, language="en")
    service.application(ADVISER, id_)
    whats = {what for _, _, what in store.export("p1").accesses}
    assert whats == {"review", "application"}
