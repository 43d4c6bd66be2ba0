"""Reviews on pages: the queue, the own view before the proposal, the decision, two reviewers, the figures."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from garant.decisions.access import Role
from garant.decisions.record import Decision
from garant.runs.deciding.terms import Terms

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages

Submit = Callable[..., httpx.Response]

COMMENT = "Three new payslips prove the income."
STATEMENT = "I earn more since <March>."
VIEW = {"view": "unsure", "note": "The payslips are old."}
DECIDED = {"outcome": "accept", "ground": "new_information", "comment": COMMENT}


def reviewer(world: "Pages", name: str = "R. Petit") -> httpx.Client:
    """Somebody who reviews."""
    return world.visit(Role.REVIEWER, "head", name)


def arguments(decision: Decision) -> list[str]:
    """What the system says about a decision: sentences, and the PD in both languages' writing."""
    judgement = decision.judgement
    assert judgement is not None
    assert judgement.pd is not None
    said = [*judgement.rules, *judgement.reasons, *judgement.warnings]
    return [text for each in said for text in each.texts.values()]


def shows(page: str, sentences: list[str]) -> list[str]:
    """Those of some sentences that stand on a page."""
    plain = page.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return [each for each in sentences if each in plain]


def test_an_adviser_asks_for_a_review_and_a_reviewer_overrides_with_a_comment(
    world: "Pages", people: dict[str, int], submit: Submit
):
    made = world.decided(people["refuse"])
    page, file = f"/fr/decisions/{made}", f"/fr/reviews/{made}"
    adviser, other = world.visit(), reviewer(world)
    assert submit(adviser, page, f"{page}/confirm", outcome="refuse", ground="agrees", comment="").status_code == 303
    assert submit(adviser, page, f"{page}/contest", statement=STATEMENT).status_code == 303
    assert f'href="{file}"' in other.get("/fr/reviews").text
    assert f'href="{page}"' in adviser.get("/fr/reviews").text

    first = other.get(file).text
    assert "I earn more since &lt;March&gt;." in first
    said = arguments(world.parts.store.decision(made))
    assert said
    assert shows(first, said) == []
    assert "Probabilité de défaut" not in first
    assert f'action="{file}/decide"' not in first
    assert other.get(f"{page}/letter").status_code == 409
    assert submit(other, file, f"{file}/view", **VIEW).status_code == 303
    second = other.get(file).text
    assert shows(second, said)
    assert "Toutes les contributions" in second
    done = submit(other, file, f"{file}/decide", **DECIDED)
    assert (done.status_code, done.headers["location"]) == (303, page)

    history = adviser.get(page).text
    for words in ("confirmée", "contestée", "avis personnel avant proposition", "réexaminée", COMMENT, "R. Petit"):
        assert words in history
    assert "I earn more since &lt;March&gt;." in history
    assert f'href="{page}/letter"' in history
    exported = world.parts.store.export(str(people["refuse"])).content()
    (found,) = [each for each in exported["decisions"] if each["id"] == made]
    contents: list[Any] = [event["content"] for event in found["events"]]
    assert [event["kind"] for event in found["events"]] == ["confirmed", "contested", "viewed", "reviewed"]
    assert contents[1]["statement"] == STATEMENT
    assert contents[3]["comment"] == COMMENT
    assert f'href="{file}"' not in other.get("/fr/reviews").text


def test_no_page_shows_a_reviewer_what_was_proposed_before_they_noted_a_view(
    world: "Pages", people: dict[str, int], submit: Submit
):
    made = world.decided(people["refer"])
    said = arguments(world.parts.store.decision(made))
    other = reviewer(world)
    for language in ("fr", "en"):
        paths = (f"decisions/{made}", f"reviews/{made}", f"reviews/{made}?rows=all", f"clients/{people['refer']}")
        for path in (*paths, f"decisions/{made}/letter"):
            assert shows(other.get(f"/{language}/{path}").text, said) == []
    # A form that is refused shows no more.
    file = f"/en/reviews/{made}"
    for act, fields in (("view", {"view": "unsure", "note": ""}), ("decide", {"comment": "short"}), ("papers", {})):
        refused = submit(other, file, f"{file}/{act}", **fields)
        assert refused.status_code == 422
        assert shows(refused.text, said) == []
    assert submit(other, file, f"{file}/decide", **DECIDED).status_code == 409
    assert world.parts.store.decision(made).events == ()
    assert submit(other, file, f"{file}/view", **VIEW).status_code == 303
    assert shows(other.get(file).text, said) == shows(other.get(f"/en/decisions/{made}").text, said) != []
    # Another reviewer has seen nothing yet, and does not read what the first one thinks.
    third = reviewer(world, "S. Blanc").get(file).text
    assert shows(third, said) == []
    assert VIEW["note"] not in third


def test_a_view_is_noted_once(world: "Pages", people: dict[str, int], submit: Submit):
    file = f"/en/reviews/{world.decided(people['refer'])}"
    other = reviewer(world)
    assert submit(other, file, f"{file}/view", **VIEW).status_code == 303
    assert submit(other, file, f"{file}/view", **{**VIEW, "view": "accept"}).status_code == 409


def test_a_reviewer_makes_a_referred_proposal_final(world: "Pages", people: dict[str, int], submit: Submit):
    made = world.decided(people["refer"])
    file = f"/en/reviews/{made}"
    other = reviewer(world)
    submit(other, file, f"{file}/view", **VIEW)
    papers = submit(other, file, f"{file}/papers", ground="income", comment="The payslips of three months.")
    assert papers.headers["location"] == f"{file}#history"
    assert "papers asked for" in other.get("/en/reviews").text
    assert "The payslips of three months." in other.get(file).text
    assert submit(other, file, f"{file}/decide", **DECIDED).status_code == 303
    decision = world.parts.store.decision(made)
    assert (decision.state, decision.events[-1].content["outcome"]) == ("final", "accept")
    assert other.get(file).status_code == 409


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("decide", {"outcome": "accept", "ground": "file", "comment": "x" * 19}, "en 20 caractères au moins"),
        ("decide", {"outcome": "accept", "ground": "agrees", "comment": COMMENT}, "Choisissez un motif dans la liste"),
        ("decide", {"outcome": "unsure", "ground": "file", "comment": COMMENT}, "Choisissez d’accorder ou de refuser"),
        ("papers", {"ground": "file", "comment": COMMENT}, "Choisissez un motif dans la liste"),
        ("papers", {"ground": "income", "comment": " " * 40}, "en 20 caractères au moins"),
    ],
)
def test_a_review_without_a_ground_or_a_comment_is_told_at_its_field(
    world: "Pages", people: dict[str, int], submit: Submit, act: str, fields: dict[str, str], said: str
):
    made = world.decided(people["refer"])
    file = f"/fr/reviews/{made}"
    other = reviewer(world)
    submit(other, file, f"{file}/view", **VIEW)
    answer = submit(other, file, f"{file}/{act}", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields["comment"] in answer.text
    assert len(world.parts.store.decision(made).events) == 1


def test_nobody_reviews_what_they_asked_for(world: "Pages", people: dict[str, int], submit: Submit):
    made = world.decided(people["accept"])
    page, file = f"/en/decisions/{made}", f"/en/reviews/{made}"
    submit(world.visit(Role.ADVISER, "paris", "D. Double"), page, f"{page}/contest", statement="No.")
    same = world.visit(Role.REVIEWER, "paris", "D. Double")
    shown = same.get(file)
    assert "another person reviews it" in shown.text
    assert "/view" not in shown.text
    for act, fields in (("view", VIEW), ("decide", DECIDED), ("papers", {"ground": "income", "comment": COMMENT})):
        assert submit(same, file, f"{file}/{act}", **fields).status_code == 403
    assert [event.kind for event in world.parts.store.decision(made).events] == ["contested"]


def test_rows_of_the_file_are_told_in_words_and_the_case_is_the_reviewers_once_begun(
    world: "Pages", people: dict[str, int], submit: Submit
):
    made = world.decided(people["refer"])
    page, file = f"/fr/decisions/{made}", f"/fr/reviews/{made}"
    told = reviewer(world).get(f"{file}?rows=all").text
    for raw in ("NAME_CONTRACT_STATUS", "MONTHS_BALANCE", "DAYS_CREDIT", "365 243", "365243", ">Approved", ">Active"):
        assert raw not in told
    adviser = world.visit()
    assert f'action="{page}/confirm"' in adviser.get(page).text
    submit(reviewer(world), file, f"{file}/view", **VIEW)
    assert f'action="{page}/confirm"' not in adviser.get(page).text


def test_above_the_amount_two_reviewers_must_agree(new_pages: "NewPages", people: dict[str, int], submit: Submit):
    world = new_pages(terms=Terms(four_eyes_amount=0))
    made = world.decided(people["refer"])
    page, file = f"/en/decisions/{made}", f"/en/reviews/{made}"
    confirmed = submit(world.visit(), page, f"{page}/confirm", outcome="accept", ground="other", comment=COMMENT)
    assert confirmed.status_code == 409
    first, second = reviewer(world), reviewer(world, "S. Blanc")
    for each in (first, second):
        submit(each, file, f"{file}/view", **VIEW)
    submit(first, file, f"{file}/decide", **DECIDED)
    assert world.parts.store.decision(made).state == "proposed"
    assert "waits for a second reviewer" in second.get("/en/reviews").text
    assert submit(first, file, f"{file}/decide", **DECIDED).status_code == 403
    assert f'action="{file}/decide"' not in first.get(file).text
    assert "The first reviewer decided: approval" in second.get(file).text
    # Who disagrees is the first of two themselves.
    submit(second, file, f"{file}/decide", **{**DECIDED, "outcome": "refuse"})
    assert world.parts.store.decision(made).state == "proposed"
    submit(first, file, f"{file}/decide", **{**DECIDED, "outcome": "refuse"})
    decision = world.parts.store.decision(made)
    assert (decision.state, decision.events[-1].content["outcome"]) == ("final", "refuse")
    kinds = [str(event.kind) for event in decision.events]
    assert kinds == ["viewed", "viewed", "first_reviewed", "first_reviewed", "reviewed"]


def test_the_queue_shows_late_cases_of_the_own_branch_or_of_all(new_pages: "NewPages", people: dict[str, int]):
    world = new_pages()
    mine, theirs = world.decided(people["refer"]), world.decided(people["refer"], branch="lyon")
    world.decided(people["accept"])
    own = world.visit(Role.ADVISER, "lyon").get("/en/reviews").text
    assert (theirs in own, mine in own) == (True, False)
    # An address is no way around it.
    assert mine not in world.visit(Role.ADVISER, "lyon").get("/en/reviews?branch=paris").text
    every = reviewer(world).get("/en/reviews").text
    assert (theirs in every, mine in every, "2 decisions wait" in every) == (True, True, True)
    assert "Late:" not in every
    assert mine not in reviewer(world).get("/en/reviews?branch=lyon").text
    late = new_pages(terms=Terms(review_days=0))
    late.decided(people["refer"])
    assert "Late:" in reviewer(late).get("/en/reviews").text
    for query in ("after=x", "after=%00~", "branch=%00", "after=2026~0", "rows=all"):
        assert reviewer(world).get(f"/en/reviews?{query}").status_code == 200
    assert world.visit(Role.ADMIN).get("/en/reviews").status_code == 403


def test_agreement_and_time_of_reviewers_are_shown_to_risk_and_auditors(
    new_pages: "NewPages", people: dict[str, int], submit: Submit
):
    world = new_pages()
    other = reviewer(world, "T. Vite")
    for view, outcome in (("accept", "accept"), ("accept", "refuse")):
        made = world.decided(people["refer"])
        file = f"/fr/reviews/{made}"
        submit(other, file, f"{file}/view", view=view, note="Par le dossier.")
        submit(other, file, f"{file}/decide", **{**DECIDED, "outcome": outcome})
    for role in (Role.RISK, Role.AUDITOR):
        shown = world.visit(role).get("/fr/reviews/figures").text
        assert "T. Vite" in shown
        assert "50\N{NARROW NO-BREAK SPACE}%" in shown or "50\N{NO-BREAK SPACE}%" in shown
        assert "1 sur 2" in shown
    assert other.get("/fr/reviews/figures").status_code == 403
