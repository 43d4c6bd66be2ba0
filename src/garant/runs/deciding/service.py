"""The decision service: what the API, the dashboard and ``garant decide`` ask; no HTTP in it.

Nothing is answered that is not recorded, and no failure becomes an acceptance: whatever goes wrong between a request
and the commit of its record leaves by an error. Many threads may ask at once. The decider may be exchanged while they
do: each request takes it once, so that a decision has exactly one bundle.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from garant.decisions.access import Principal, Scope
from garant.decisions.ids import new_id
from garant.decisions.record import Decision, EventKind, Language, NewDecision, NewEvent
from garant.exceptions import ConflictError, Problem, RecordsError
from garant.runs.deciding.answer import Answer, as_bytes, decided, first_state
from garant.runs.deciding.batch import decide_items, items_of
from garant.runs.deciding.corrections import mended, said_of
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.recorded_decisions import require, whole
from garant.runs.deciding.request import request_of
from garant.runs.deciding.showing import Showing
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.strict_json import read_json
from garant.wording.notice import NOTICE_ID

_CREATED, _OK = 201, 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request is answered.

    Parameters
    ----------
    status : int
        Status of HTTP: 201 of one decision, 200 of a batch.
    body : bytes
        JSON.
    replayed : bool
        Whether the same request was answered before; the body is that of then, byte for byte.
    """

    status: int
    body: bytes = field(repr=False)
    replayed: bool = False


class DecisionService(Showing):
    """Decides, records, answers; looks recorded decisions up, and lets people confirm, contest, review, correct them.

    Parameters
    ----------
    decider : Decider
        What judges.
    store : RecordStore
        Where everything is recorded.
    terms : Terms
        Who makes a proposal final, and how reviews go.
    clients : Clients or None
        Accepted tables for ``{"client": ID}``; None when none were given.
    run : Path or None
        Committed run that pages show beside decisions; the service itself reads nothing of it.
    lender : Lender or None
        Who writes letters; the shipped file, which names nobody, when None.

    Notes
    -----
    Every method checks the scope of the principal first. Errors that any of them raises:

    NotPermittedError
        The role may not do this.
    StoreError
        The record store cannot be used: nothing is decided, shown or changed.
    """

    # ------------------------------------------------------------------ deciding

    def decide(
        self, principal: Principal, body: bytes, *, key: str, language: Language, route: str = "decisions"
    ) -> Answered:
        """Decide about one application.

        Parameters
        ----------
        principal : Principal
            Who asks.
        body : bytes
            ``{"application": {…}, "bureau": [{…}], …}`` or ``{"client": ID}``, with ``external_checks`` and
            ``notice_id`` where there are any.
        key : str
            Idempotency key.
        language : {"fr", "en"}
            Of the sentences.
        route : str
            What the key belongs to.

        Raises
        ------
        RecordsError
            When the body breaks a rule; nothing is recorded.
        InFlightError
            When the same request is being answered.
        KeyReusedError
            When the key came with another body.
        ErasedError
            When the request was answered and the person was erased.
        InvariantError
            When the computation contradicts itself; nothing is recorded.
        """
        require(principal, Scope.DECIDE)
        decider = self._decider
        with self._store.claim(principal.id, route, key, body) as claim:
            if claim.answer is not None:
                return Answered(_CREATED, claim.answer, replayed=True)
            new = self._judged(decider, principal, read_json(body))
            answer = as_bytes(decided(new, language))
            claim.commit([new], answer)
        return Answered(_CREATED, answer)

    def decide_batch(self, principal: Principal, body: bytes, *, key: str, language: Language) -> Answered:
        """Decide about at most 1,000 applications; each is answered by its decision or by what is wrong with it.

        Parameters
        ----------
        principal, key, language
            As those of `decide`.
        body : bytes
            ``{"items": [{records, "key"?}, …]}``, each item what `decide` takes.

        Returns
        -------
        Answered
            ``{"items": [{"status": 201, "decision": {…}}, {"status": 422, "problem": {…}}, …]}``, in the same order.

        Raises
        ------
        RecordsError, InFlightError, KeyReusedError, ErasedError
            As `decide`, of the request as a whole.
        """
        require(principal, Scope.DECIDE)
        decider = self._decider
        with self._store.claim(principal.id, "decisions/batch", key, body) as claim:
            if claim.answer is not None:
                return Answered(_OK, claim.answer, replayed=True)

            def decide(item: object) -> tuple[NewDecision, Answer]:
                new = self._judged(decider, principal, item)
                return new, decided(new, language)

            made, items = decide_items(items_of(read_json(body)), decide)
            answer = as_bytes({"items": items})
            if made:
                claim.commit(made, answer)
        return Answered(_OK, answer)

    def correct(self, principal: Principal, body: bytes, *, key: str, language: Language) -> Answered:
        """Decide anew with corrected records; the new decision takes the place of an earlier one.

        Parameters
        ----------
        principal, key, language
            As those of `decide`.
        body : bytes
            ``{"decision": ID, "reason": "…", records…}``, or ``"changes"`` instead of the records: single columns of
            the application, whole other tables.

        Raises
        ------
        UnknownDecisionError
            When there is no such decision for this principal.
        ConflictError
            When it was corrected already.
        RecordsError, InFlightError, KeyReusedError, ErasedError, InvariantError
            As `decide`.
        """
        require(principal, Scope.CORRECT)
        decider = self._decider
        with self._store.claim(principal.id, "corrections", key, body) as claim:
            if claim.answer is not None:
                return Answered(_CREATED, claim.answer, replayed=True)
            value = read_json(body)
            id_, reason = said_of(value)
            old = self.seen(principal, id_)
            if old.superseded_by is not None:
                raise ConflictError("The decision was corrected already: correct the one that supersedes it.")
            judgement = whole(old)
            new = self._judged(decider, principal, mended(_object(value), judgement), supersedes=old)
            event = NewEvent(
                decision=old.id,
                kind=EventKind.CORRECTED,
                at=new.at,
                actor=principal.id,
                state=old.state,
                content={"by": new.id, **({"reason": reason} if reason else {})},
            )
            answer = as_bytes(decided(new, language))
            claim.commit([new], answer, events=[(event, len(old.events))])
        return Answered(_CREATED, answer)

    # ------------------------------------------------------------------ steps

    def _judged(
        self, decider: Decider, principal: Principal, value: object, *, supersedes: Decision | None = None
    ) -> NewDecision:
        """Judge one application; nothing is recorded yet."""
        request = request_of(value, decider.policy)
        records = self._records(decider, request)
        if supersedes is not None:
            _require_same_person(records, supersedes)
        at = datetime.now(UTC)
        judgement = self._judgement(decider, request, records, at)
        return NewDecision(
            id=new_id(),
            at=at,
            judgement=judgement,
            state=first_state(self._terms.mode, judgement.outcome),
            mode=self._terms.mode,
            legal_basis=self._terms.legal_basis,
            owner=principal.owner if supersedes is None else supersedes.owner,
            actor=principal.id,
            notice_id=request.notice_id or NOTICE_ID,
            supersedes=None if supersedes is None else supersedes.id,
        )


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordsError([Problem("", "request.not_object", "expected a JSON object")])
    return value


def _require_same_person(records: ClientRecords, decision: Decision) -> None:
    judgement = whole(decision)
    if (records.subject, records.client) != (judgement.subject, judgement.client):
        text = "another person or application than that of the decision: a correction is about the same one"
        raise RecordsError([Problem("/application", "request.other_person", text)])
