"""What would be decided, and why: nothing is recorded but that somebody looked."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from garant.decisions.access import Principal, Scope
from garant.decisions.record import Judgement, Language
from garant.decisions.store import RecordStore
from garant.exceptions import Problem, RecordsError
from garant.runs.deciding.answer import Answer, judged
from garant.runs.deciding.client_files import ClientFiles
from garant.runs.deciding.client_store import Clients
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.recorded_decisions import require
from garant.runs.deciding.request import CLIENT, Request, request_of
from garant.runs.deciding.reviews import Reviews
from garant.runs.deciding.terms import Terms
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import APPLICATION
from garant.tables.records.strict_json import read_json

_MOVES = "moves"
_MOST_MOVES = 20


class Previews(Reviews):
    """Judges applications for whoever asks, by a decider that may be exchanged meanwhile.

    Parameters
    ----------
    decider : Decider
        What judges.
    store : RecordStore
        Where looks are recorded.
    terms : Terms
        Who makes a proposal final, and how reviews go.
    clients : Clients or None
        Accepted tables for ``{"client": ID}``; None when none were given.
    """

    def __init__(self, decider: Decider, store: RecordStore, *, terms: Terms, clients: Clients | None = None) -> None:
        super().__init__(store, terms)
        self._decider, self._clients = decider, clients

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


def _moves(request: Request) -> Sequence[str]:
    moves = request.more.get(_MOVES, [])
    if not isinstance(moves, list) or len(moves) > _MOST_MOVES or not all(isinstance(move, str) for move in moves):
        text = f"expected a list of at most {_MOST_MOVES} moves, such as smaller_credit=1000"
        raise RecordsError([Problem(f"/{_MOVES}", "request.moves", text)])
    return moves
