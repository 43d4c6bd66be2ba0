"""What people do with recorded decisions: read them, confirm, contest; no model is asked for any of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from garant.decisions.access import Principal, Scope
from garant.decisions.record import Decision, EventKind, Judgement, Language, NewEvent, State
from garant.decisions.store import RecordStore
from garant.exceptions import ErasedError, NotPermittedError, UnknownDecisionError, WrongStateError
from garant.models.cutoff import Outcome
from garant.runs.deciding import people, reviewing
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.terms import Terms
from garant.runs.deciding.told_decisions import told


class RecordedDecisions:
    """Decisions as they stand in a store, for whoever may see them.

    Parameters
    ----------
    store : RecordStore
        Where they are recorded.
    terms : Terms
        What the lender lays down.

    Notes
    -----
    A reviewer is shown a decision that waits for review without what was proposed and why (``"withheld": true``) until
    they noted a view of their own.

    Every method checks the scope of the principal first. Errors that any of them raises:

    NotPermittedError
        The role may not do this.
    StoreError
        The record store cannot be used: nothing is shown or changed.
    """

    def __init__(self, store: RecordStore, terms: Terms) -> None:
        self._store, self._terms = store, terms

    @property
    def store(self) -> RecordStore:
        """Where everything is recorded."""
        return self._store

    @property
    def terms(self) -> Terms:
        """What the lender lays down: who makes a proposal final, how reviews go."""
        return self._terms

    # ------------------------------------------------------------------ looking up

    def decision(self, principal: Principal, id_: str, *, language: Language) -> Answer:
        """A recorded decision, as it stands now.

        Raises
        ------
        UnknownDecisionError
            When there is none, or it belongs to a branch that the principal does not see: not told apart.
        ErasedError
            When the person was erased.
        """
        require(principal, Scope.READ)
        found = self.seen(principal, id_)
        whole(found)
        self._store.saw(principal, "decision", decision=found.id)
        return self._told(principal, found, language)

    def decisions_of(self, principal: Principal, subject: str, *, language: Language) -> list[Answer]:
        """Decisions about one person that the principal may see, the first one first; none of an unknown person.

        Parameters
        ----------
        subject : str
            ``subject_ref`` of the applications, else the text of SK_ID_CURR.
        """
        require(principal, Scope.READ)
        self._store.saw(principal, "decisions_of", subject=subject)
        return self.told_about(principal, subject, language=language)

    def told_about(self, principal: Principal, subject: str, *, language: Language) -> list[Answer]:
        """The same for whoever records the look, of which these decisions are a part."""
        require(principal, Scope.READ)
        found = [each for each in self._store.decisions_of(subject) if principal.sees(each.owner)]
        return [self._told(principal, each, language) for each in found]

    def application(self, principal: Principal, id_: str) -> Answer:
        """Columns of the application that a decision is about, as they were sent: what a correction changes.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        ConflictError
            When the decision was corrected already.
        """
        require(principal, Scope.CORRECT)
        found = self.seen(principal, id_)
        judgement = whole(found)
        people.require_state(found, *State, to="corrected")
        self._store.saw(principal, "application", decision=found.id)
        return json.loads(judgement.raw)["application"]

    def corrected(self, principal: Principal, id_: str) -> dict[str, tuple[object, object]]:
        """Columns of the application in which a decision differs from the one that it corrects: before and after.

        Empty of a decision that corrects none, and where the earlier one was erased. Whoever shows the decision has
        recorded the look.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        """
        require(principal, Scope.READ)
        found = self.seen(principal, id_)
        if found.supersedes is None or (old := self._store.decision(found.supersedes).judgement) is None:
            return {}
        before, after = (json.loads(each.raw)["application"] for each in (old, whole(found)))
        names = {**before, **after}
        changed = {name: (before.get(name), after.get(name)) for name in names}
        return {name: pair for name, pair in changed.items() if pair[0] != pair[1]}

    # ------------------------------------------------------------------ people

    def confirm(
        self,
        principal: Principal,
        id_: str,
        *,
        person: str,
        outcome: str,
        ground: str,
        comment: str | None = None,
        language: Language = "en",
    ) -> Answer:
        """Make a proposal final: a named person, with an outcome of their own and why.

        Parameters
        ----------
        person : str
            Name of who decides.
        outcome : {"accept", "refuse"}
            Their own outcome.
        ground : {"agrees", "new_information", "policy_exception", "other"}
            Why; ``agrees`` only where the outcome is the one that was proposed.
        comment : str or None
            Needed where it is another.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        ConflictError
            When the decision is no proposal any more, when it was referred and two reviewers must agree, or when a
            reviewer has begun with it.
        RecordsError
            When the name, outcome, ground or comment is wrong or missing.
        """
        require(principal, Scope.CONFIRM)
        found = self.seen(principal, id_)
        judgement = whole(found)
        people.require_state(found, State.PROPOSED, to="confirmed")
        if judgement.outcome is Outcome.REFER and reviewing.needs_two(judgement, self._terms.four_eyes_amount):
            raise WrongStateError("Above this amount two reviewers decide what was referred; it cannot be confirmed.")
        if reviewing.has_begun(found):
            raise WrongStateError("A reviewer has begun with it and decides; it cannot be confirmed.")
        content = people.confirmation(found, person=person, outcome=outcome, ground=ground, comment=comment)
        return self._add(principal, found, EventKind.CONFIRMED, State.FINAL, content, language)

    def contest(self, principal: Principal, id_: str, *, statement: str, language: Language = "en") -> Answer:
        """Record that the person contests, in their own words.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        ConflictError
            When the decision is contested or reviewed already.
        RecordsError
            When nothing is said.
        """
        require(principal, Scope.CONTEST)
        found = self.seen(principal, id_)
        whole(found)
        people.require_state(found, State.PROPOSED, State.FINAL, to="contested")
        content = people.contestation(statement=statement)
        return self._add(principal, found, EventKind.CONTESTED, State.CONTESTED, content, language)

    def seen(self, principal: Principal, id_: str) -> Decision:
        """Decision that the principal may see; one of another branch is as unknown as one that never was."""
        found = self._store.decision(id_)
        if not principal.sees(found.owner):
            raise UnknownDecisionError("There is no such decision.")
        return found

    def _told(self, principal: Principal, decision: Decision, language: Language) -> Answer:
        return told(self._store, principal, decision, language)

    def _add(
        self,
        principal: Principal,
        decision: Decision,
        kind: EventKind,
        state: State,
        content: Mapping[str, Any],
        language: Language,
    ) -> Answer:
        new = NewEvent(
            decision=decision.id, kind=kind, at=datetime.now(UTC), actor=principal.id, state=state, content=content
        )
        event = self._store.add(new, after=len(decision.events))
        return self._told(principal, replace(decision, state=state, events=(*decision.events, event)), language)


def require(principal: Principal, scope: Scope) -> None:
    """Raise NotPermittedError unless the role of `principal` has the scope."""
    if not principal.may(scope):
        raise NotPermittedError(f"The role {principal.role} may not do this: it needs {scope}.")


def whole(decision: Decision) -> Judgement:
    """What was computed, of a person who was not erased."""
    if decision.judgement is None:
        raise ErasedError("The person was erased; what was recorded can no longer be read.")
    return decision.judgement
