"""The decision service: what the API, the dashboard and ``garant decide`` ask; no HTTP in it.

Nothing is answered that is not recorded, and no failure becomes an acceptance: whatever goes wrong between a request
and the commit of its record leaves by an error. Many threads may ask at once. The decider may be exchanged while they
do: each request takes it once, so that a decision has exactly one bundle.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from garant.decisions.access import Principal, Scope
from garant.decisions.ids import new_id
from garant.decisions.record import Decision, EventKind, Judgement, Language, NewDecision, NewEvent
from garant.decisions.store import RecordStore
from garant.exceptions import AsideError, ConflictError, Problem, RecordsError
from garant.reports.client_letter import Lender, Letter, LetterKind, load_lender
from garant.runs.aside.process import Aside
from garant.runs.aside.questions import PortfolioQuestion
from garant.runs.deciding.answer import Answer, as_bytes, decided, first_state, judged
from garant.runs.deciding.batch import decide_items, items_of
from garant.runs.deciding.client_files import ClientFiles
from garant.runs.deciding.client_store import Clients
from garant.runs.deciding.corrections import mended, said_of
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.letters import letter_of
from garant.runs.deciding.model_card import model_card
from garant.runs.deciding.promoted import promotion_of
from garant.runs.deciding.recorded_decisions import require, whole
from garant.runs.deciding.request import CLIENT, Request, request_of
from garant.runs.deciding.reviews import Reviews
from garant.runs.deciding.terms import Terms
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import APPLICATION
from garant.tables.records.strict_json import read_json
from garant.wording.notice import NOTICE_ID

_CREATED, _OK = 201, 200
_MOVES = "moves"
_MOST_MOVES = 20


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


class DecisionService(Reviews):
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

    def __init__(
        self,
        decider: Decider,
        store: RecordStore,
        *,
        terms: Terms,
        clients: Clients | None = None,
        run: Path | None = None,
        lender: Lender | None = None,
    ) -> None:
        super().__init__(store, terms)
        self._decider, self._clients = decider, clients
        self.run = run
        self._lender = lender or load_lender()
        self._aside = Aside()
        self._cards: dict[tuple[str, str], Answer] = {}
        self._shown: dict[tuple[str, str, str | None], Answer] = {}

    @property
    def decider(self) -> Decider:
        """What judges at this moment."""
        return self._decider

    @property
    def files(self) -> ClientFiles:
        """Files of the store's clients, by what judges at this moment: for one request."""
        return ClientFiles(self._decider, self, self._clients)

    def use(self, decider: Decider) -> Decider:
        """Judge by another decider from the next request on; returns the one before, which requests may still use."""
        before, self._decider = self._decider, decider
        return before

    def close(self) -> None:
        """End the process that works aside; the parts belong to whoever opened them."""
        self._aside.close()

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

    def preview(self, principal: Principal, body: bytes, *, language: Language) -> Answer:
        """What would be decided. Nothing is kept of the records; that somebody looked is, counted per person.

        Parameters
        ----------
        principal, language
            As those of `decide`.
        body : bytes
            What `decide` takes, with ``"moves"``: named moves as ``garant explain --what-if`` takes them. The answer
            then has ``what_if``.

        Raises
        ------
        RecordsError
            When the body breaks a rule.
        UsageError
            When a move is unknown or beyond its limits.
        """
        require(principal, Scope.DECIDE)
        decider = self._decider
        request = request_of(read_json(body), decider.policy, more=frozenset({_MOVES}))
        moves = _moves(request)
        records = self._records(decider, request)
        judgement = self._judgement(decider, request, records, datetime.now(UTC))
        answer = judged(judgement, language)
        if moves:
            answer["what_if"] = decider.explain(records, language=language, moves=moves)["what_if"]
        self._store.saw(principal, "preview", subject=records.subject)
        return answer

    def problems_of(self, principal: Principal, body: bytes) -> tuple[Problem, ...]:
        """Everything that is wrong with what `decide` takes; nothing is judged and nothing recorded."""
        require(principal, Scope.DECIDE)
        decider = self._decider
        try:
            self._records(decider, request_of(read_json(body), decider.policy))
        except RecordsError as error:
            return error.problems
        return ()

    def kept_records(self, principal: Principal, client: int) -> dict[str, list[Answer]]:
        """Rows of a client of the store, the application aside, as `decide` takes them; an access event.

        Raises
        ------
        RecordsError
            When the service has no store of clients, or nobody in it has this id.
        """
        require(principal, Scope.DECIDE)
        decider = self._decider
        client_only = request_of({CLIENT: client}, decider.policy)
        records = self._records(decider, client_only)
        self._store.saw(principal, "records", subject=records.subject)
        tables: dict[str, Any] = json.loads(records.raw)
        return {name: rows for name, rows in tables.items() if name != APPLICATION}

    @property
    def has_clients(self) -> bool:
        """Whether there is a store of clients."""
        return self._clients is not None

    def explanation(self, principal: Principal, body: bytes, *, language: Language) -> Answer:
        """Everything that explains one application: contributions, base value, what would change it, others beside it.

        Raises
        ------
        RecordsError
            When the body breaks a rule.
        """
        require(principal, Scope.DECIDE)
        decider = self._decider
        request = request_of(read_json(body), decider.policy)
        records = self._records(decider, request)
        judgement = self._judgement(decider, request, records, datetime.now(UTC))
        found = decider.explain(records, language=language)
        answer = {
            **found,
            **judged(judgement, language),
            "margin": judgement.margin,
            "base_value": judgement.base_value,
            "contributions": dict(judgement.contributions),
            "effects": found["contributions"],
        }
        self._store.saw(principal, "explanation", subject=records.subject)
        return answer

    # ------------------------------------------------------------------ letters

    def letter(
        self,
        principal: Principal,
        id_: str,
        *,
        kind: LetterKind | None,
        language: Language,
        on: date | None = None,
    ) -> Letter:
        """Letter to the person whom a recorded decision is about; that it was made is recorded.

        Parameters
        ----------
        kind : LetterKind or None
            What it is for; the first that is possible when None.
        language : {"fr", "en"}
            Language of the letter.
        on : date or None
            Day that it is dated; today when None.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        NoLetterError
            When the decision does not allow the kind; a proposal allows none.
        """
        require(principal, Scope.READ)
        found = self.seen(principal, id_)
        judgement = whole(found)
        decider = self._decider
        # Also where no letter comes of it: why there is none says something about the person.
        self._store.saw(principal, "letter", decision=found.id)
        return letter_of(
            found,
            judgement,
            kind=kind,
            language=language,
            lender=self._lender,
            policy=decider.policy,
            decider=decider,
            on=on,
        )

    # ------------------------------------------------------------------ the service itself

    def model(self, principal: Principal, *, language: Language) -> Answer:
        """Card of the model that decides, in short, and how much its inputs count."""
        require(principal, Scope.MODEL)
        decider = self._decider
        wanted = (decider.digest, language)
        if wanted not in self._cards:
            # Two threads may make the same card: it costs seconds once, and nothing else.
            self._cards[wanted] = model_card(decider.bundle, language, engine=decider.engine)
        return self._cards[wanted]

    def model_sections(self, principal: Principal, *, language: Language) -> Answer:
        """What a page shows of the model: its ``card``, ``sections`` and, of a registry, ``promoted``.

        Raises
        ------
        AsideError
            When the process that draws it has no answer.
        PromotionError
            When the registry contradicts itself.
        """
        card = self.model(principal, language=language)
        bundle = self._decider.bundle
        promoted = promotion_of(bundle)
        before = None if promoted is None else promoted.before
        wanted = (bundle.digest, language, None if promoted is None else promoted.replaces)
        if wanted not in self._shown:
            question = {
                "about": "model",
                "language": language,
                "content": bundle.content.model_dump_json(),
                "importance": card["importance"],
                "before": None if before is None else before.model_dump_json(),
            }
            self._shown[wanted] = self._aside.ask(question)
        told = None if promoted is None else promoted.as_json()
        return {"card": card, "sections": self._shown[wanted], "promoted": told}

    def portfolio(self, principal: Principal, question: PortfolioQuestion) -> Answer:
        """Figures of the run that pages show: volumes, groups, a map, a simulation; no row of a person is among them.

        Raises
        ------
        AsideError
            With the reason: no run was given, it was not committed or was changed, or there was no answer in time.
        """
        require(principal, Scope.READ_ALL)
        if self.run is None:
            raise AsideError("no_run", "the service was started without --run")
        return self._aside.ask(question.about(self.run))

    def ready(self) -> Answer:
        """State of the parts; tells nothing of anybody.

        Raises
        ------
        StoreError
            When the record store cannot be used.
        """
        decider = self._decider
        self._store.check()
        return {
            "bundle": decider.digest,
            "policy": decider.policy.digest,
            "engine": decider.engine,
            "engine_reason": decider.engine_reason,
            "mode": str(self._terms.mode),
            "store": "ok",
            "stopped": self._store.is_stopped(),
            "clients": self.has_clients,
        }

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

    def _judgement(self, decider: Decider, request: Request, records: ClientRecords, at: datetime) -> Judgement:
        return decider.judge(records, stopped=self._store.is_stopped(), checks=request.checks, today=at.date())

    def _records(self, decider: Decider, request: Request) -> ClientRecords:
        if request.client is None:
            records = decider.reader.of_value(dict(request.tables))
        elif self._clients is None:
            text = "the service has no store of clients (start it with --data), or send the tables"
            raise RecordsError([Problem("/client", "request.no_client_store", text)])
        else:
            records = decider.reader.of_accepted(self._clients.rows(request.client))
        return replace(records, raw=request.raw(records.raw)) if request.sent_checks else records


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RecordsError([Problem("", "request.not_object", "expected a JSON object")])
    return value


def _require_same_person(records: ClientRecords, decision: Decision) -> None:
    judgement = whole(decision)
    if (records.subject, records.client) != (judgement.subject, judgement.client):
        text = "another person or application than that of the decision: a correction is about the same one"
        raise RecordsError([Problem("/application", "request.other_person", text)])


def _moves(request: Request) -> Sequence[str]:
    moves = request.more.get(_MOVES, [])
    if not isinstance(moves, list) or len(moves) > _MOST_MOVES or not all(isinstance(move, str) for move in moves):
        text = f"expected a list of at most {_MOST_MOVES} moves, such as smaller_credit=1000"
        raise RecordsError([Problem(f"/{_MOVES}", "request.moves", text)])
    return moves
