"""What reviewers do: they see the file, note a view of their own, see what was proposed, decide or ask for papers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from garant.decisions.access import Principal, Scope
from garant.decisions.open_cases import CaseKind, OpenCase
from garant.decisions.record import Event, EventKind, Judgement, Language, State
from garant.exceptions import NotPermittedError, UnknownNameError, WrongStateError
from garant.features.catalogue import feature
from garant.runs.deciding import reviewing
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.recorded_decisions import RecordedDecisions, require, whole
from garant.runs.deciding.review_figures import ReviewerFigures, figures_of
from garant.runs.deciding.reviewing import Case
from garant.runs.deciding.told_decisions import actors_of
from garant.runs.subject_application import APPLICATION, application_facts, fact_rows
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

LOOK = "review"
"""What the record of accesses calls a look at the file of a case."""

FIGURES_DAYS = 90
"""How far back the figures of reviewers go."""

_PROTECTED = {
    name: frozenset(column.name for column in table.columns if column.sensitive) for name, table in TABLES.items()
}
"""Columns that are personal in the sense of equal treatment, by table."""

_MOST_REVIEWS = 5_000
"""So many reviews are opened for the figures at most, the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """An open case with its deadline.

    Parameters
    ----------
    case : OpenCase
        The case.
    deadline : datetime
        By when it is to be decided.
    is_late : bool
        Whether that has passed.
    age_days : int
        Whole days that it has waited.
    is_noted : bool
        Whether whoever asks has noted a view.
    """

    case: OpenCase
    deadline: datetime
    is_late: bool
    age_days: int
    is_noted: bool

    @property
    def papers_asked(self) -> bool:
        """Whether papers were asked for."""
        return any(each.kind is EventKind.PAPERS_ASKED for each in self.case.done)

    @property
    def waits_for_second(self) -> bool:
        """Whether the first of two reviewers has decided."""
        return any(each.kind is EventKind.FIRST_REVIEWED for each in self.case.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A page of the open cases.

    Parameters
    ----------
    cases : tuple of Queued
        The oldest first.
    total : int
        How many there are altogether.
    next : str or None
        Where the next page begins.
    is_whole : bool
        Whether it holds those of all branches.
    """

    cases: tuple[Queued, ...]
    total: int
    next: str | None
    is_whole: bool


class Reviews(RecordedDecisions):
    """Recorded decisions that reviewers decide about.

    The terms say how long a case may wait, and above which amount two reviewers must agree.
    """

    def review_queue(self, principal: Principal, *, branch: str | None = None, after: str | None = None) -> Queue:
        """Open cases that the principal may see, the oldest first; it tells of no person.

        Parameters
        ----------
        branch : str or None
            Of one branch alone.
        after : str or None
            Where the page begins, as the page before said.
        """
        require(principal, Scope.READ)
        sees_all = principal.may(Scope.READ_ALL)
        owner = branch if sees_all else principal.owner
        found = self._store.open_cases(owner=owner or None, after=after)
        now = datetime.now(UTC)
        queued = tuple(self._queued(each, principal, now) for each in found.cases)
        return Queue(cases=queued, total=found.total, next=found.next, is_whole=sees_all)

    def review_file(self, principal: Principal, id_: str, *, language: Language) -> Answer:
        """What a reviewer sees of a case: the file first; what was proposed once an own view is noted.

        Returns
        -------
        dict
            ``decision`` as `decision` answers it, ``kind``, ``since``, ``deadline``, ``statement`` of a contested one,
            ``facts`` of the application in words: ``read`` to decide, only ``kept``, the lender's ``own``;
            ``left_out``, how many are kept out of decisions and not told; ``rows`` of the other tables, ``amount``,
            ``needs_two``, ``own_view``, ``first_review`` (of two), ``contributions`` with labels, the strongest first
            (None before the own view), and ``may_decide``: whether the principal may act on it.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        ConflictError
            When nothing waits for a reviewer.
        """
        require(principal, Scope.REVIEW)
        found = self.seen(principal, id_)
        judgement = whole(found)
        case = reviewing.require_case(found)
        self._store.saw(principal, LOOK, decision=found.id)
        words = Wording(language)
        own = case.view_of(principal.id)
        statements = [each.content.get("statement") for each in found.events if each.kind is EventKind.CONTESTED]
        first = case.first_review
        return {
            "decision": self._told(principal, found, language),
            "kind": str(case.kind),
            "since": case.since.isoformat(),
            "deadline": self._deadline(case.since).isoformat(),
            "is_late": self._deadline(case.since) < datetime.now(UTC),
            "statement": statements[-1] if case.kind is CaseKind.CONTESTED else None,
            **_file(judgement, words),
            "amount": reviewing.amount_of(judgement),
            "needs_two": reviewing.needs_two(judgement, self._terms.four_eyes_amount),
            "own_view": None if own is None else dict(own.content),
            "first_review": None
            if own is None or first is None
            else {"is_own": first.actor == principal.id, **first.content},
            "contributions": None if own is None else _contributions(judgement, words),
            "may_decide": principal.id not in actors_of(self._store, found),
        }

    def note_view(
        self, principal: Principal, id_: str, *, view: str, note: str, person: str | None = None, language: Language
    ) -> Answer:
        """Note what a reviewer thinks of the file, before they are shown what was proposed.

        Parameters
        ----------
        view : {"accept", "refuse", "unsure"}
            What they would decide.
        note : str
            Why.
        person : str or None
            Name of the reviewer.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        NotPermittedError
            When the reviewer acted before.
        ConflictError
            When nothing waits for a reviewer, or they noted a view already.
        RecordsError
            When the view is none, or nothing is noted.
        """
        case = self._case(principal, id_)
        content = reviewing.opinion(view=view, note=note, person=person)
        if case.view_of(principal.id) is not None:
            raise WrongStateError("Your own view is noted already; it cannot be changed.")
        return self._add(principal, case.decision, EventKind.VIEWED, case.decision.state, content, language)

    def ask_for_papers(
        self,
        principal: Principal,
        id_: str,
        *,
        ground: str,
        comment: str,
        person: str | None = None,
        language: Language = "en",
    ) -> Answer:
        """Record that papers are needed before this can be decided; the case stays open.

        Parameters
        ----------
        ground : {"income", "charges", "identity", "purpose", "other"}
            What for.
        comment : str
            Which ones; at least 20 characters.
        person : str or None
            Name of the reviewer.

        Raises
        ------
        UnknownDecisionError, ErasedError, NotPermittedError, ConflictError, RecordsError
            As `review`.
        """
        case = self._case(principal, id_)
        content = reviewing.request_for_papers(ground=ground, comment=comment, person=person)
        self._own_view(case, principal)
        return self._add(principal, case.decision, EventKind.PAPERS_ASKED, case.decision.state, content, language)

    def review(
        self,
        principal: Principal,
        id_: str,
        *,
        outcome: str,
        ground: str,
        comment: str,
        person: str | None = None,
        language: Language = "en",
    ) -> Answer:
        """Decide a contested decision, or a proposal that was referred, which is final then.

        Above the lender's amount it counts once another reviewer says the same; until then the case stays open.

        Parameters
        ----------
        outcome : {"accept", "refuse"}
            What the reviewer decides.
        ground : {"file", "new_information", "wrong_data", "circumstances", "policy_exception", "other"}
            Why.
        comment : str
            Why, in words; at least 20 characters.
        person : str or None
            Name of the reviewer, kept with the review.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        NotPermittedError
            When the reviewer made the decision, asked for its review or decided before, or a decision that it
            corrects; or is the first of two and no other has decided since.
        ConflictError
            When nothing waits for a reviewer, or no own view is noted.
        RecordsError
            When the outcome is none, the ground is not in the list, or the comment has fewer than 20 characters.
        """
        case = self._case(principal, id_)
        said = reviewing.verdict(outcome=outcome, ground=ground, comment=comment, person=person)
        own = self._own_view(case, principal)
        decision, first = case.decision, case.first_review
        content = {**said, **reviewing.agreement(case, own, said["outcome"]), **self._seconds(principal, case, own)}
        if reviewing.needs_two(case.judgement, self._terms.four_eyes_amount):
            if first is not None and first.actor == principal.id:
                raise NotPermittedError("Two reviewers must agree: another person than the first decides next.")
            if first is None or first.content["outcome"] != said["outcome"]:
                return self._add(principal, decision, EventKind.FIRST_REVIEWED, decision.state, content, language)
        state = State.REVIEWED if case.kind is CaseKind.CONTESTED else State.FINAL
        return self._add(principal, decision, EventKind.REVIEWED, state, content, language)

    def review_figures(self, principal: Principal) -> tuple[ReviewerFigures, ...]:
        """Agreement and time of each reviewer over the last `FIGURES_DAYS` days; it tells of no client."""
        require(principal, Scope.FIGURES)
        since = datetime.now(UTC) - timedelta(days=FIGURES_DAYS)
        kinds = (EventKind.REVIEWED, EventKind.FIRST_REVIEWED)
        return figures_of(self._store.events_since(kinds, since, most=_MOST_REVIEWS))

    # ------------------------------------------------------------------ steps

    def _case(self, principal: Principal, id_: str) -> Case:
        """Case on which the principal may act."""
        require(principal, Scope.REVIEW)
        found = self.seen(principal, id_)
        whole(found)
        case = reviewing.require_case(found)
        if principal.id in actors_of(self._store, found):
            raise NotPermittedError("Who made or confirmed a decision does not review it: another person must.")
        return case

    def _own_view(self, case: Case, principal: Principal) -> Event:
        own = case.view_of(principal.id)
        if own is None:
            raise WrongStateError("Note your own view of the file first; what was proposed is shown after that.")
        return own

    def _seconds(self, principal: Principal, case: Case, own: Event) -> Mapping[str, Any]:
        """How long the review took, from the first look at the file."""
        opened = self._store.first_look(principal.id, LOOK, case.decision.id, since=case.since) or own.at
        return {"seconds": round((datetime.now(UTC) - opened).total_seconds())}

    def _deadline(self, since: datetime) -> datetime:
        return since + timedelta(days=self._terms.review_days)

    def _queued(self, case: OpenCase, principal: Principal, now: datetime) -> Queued:
        deadline = self._deadline(case.since)
        return Queued(
            case=case,
            deadline=deadline,
            is_late=deadline < now,
            age_days=(now - case.since).days,
            is_noted=any(each.kind is EventKind.VIEWED and each.actor == principal.id for each in case.done),
        )


def _file(judgement: Judgement, words: Wording) -> Answer:
    """The file as it was judged: facts of the application in words, rows of the other tables as they are.

    What is kept out of decisions (sex, family, region, other people) is left out, unless the model or a rule read it.
    """
    parts = application_facts(judgement)
    allowed = {
        part: {name: value for name, value in facts.items() if part != "kept" or name not in _PROTECTED[APPLICATION]}
        for part, facts in parts.items()
    }
    records: Mapping[str, Any] = json.loads(judgement.raw)
    return {
        "facts": {part: [list(row) for row in fact_rows(facts, words)] for part, facts in allowed.items()},
        "left_out": sum(map(len, parts.values())) - sum(map(len, allowed.values())),
        "rows": {
            name: [{column: value for column, value in row.items() if column not in _PROTECTED[name]} for row in rows]
            for name, rows in records.items()
            if isinstance(rows, list) and name in TABLES
        },
    }


def _contributions(judgement: Judgement, words: Wording) -> list[Answer]:
    found = sorted(judgement.contributions.items(), key=lambda entry: -abs(entry[1]))
    return [{"label": _label(name, words), "effect": effect} for name, effect in found if effect]


def _label(name: str, words: Wording) -> str:
    """Label of a feature; of the lender's own columns, and of one that this version does not know, the name."""
    try:
        known = feature(name)
    except UnknownNameError:
        return name
    return words.label(known.text, window=str(known.window))
