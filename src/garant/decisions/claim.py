"""A request that is answered once: its key, its decisions and its answer are recorded together or not at all."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from garant.decisions import schema
from garant.decisions.database import Held
from garant.decisions.envelope import time_text
from garant.decisions.keyring import Keyring, opened
from garant.decisions.reading import decision_key
from garant.decisions.record import NewDecision, NewEvent, RetentionClass
from garant.decisions.writing import add_event, insert_decisions, seal_decision
from garant.exceptions import ErasedError, InFlightError, KeyReusedError
from garant.keys.master import seal


class Claim:
    """What is known of a request, and the right to answer it.

    Attributes
    ----------
    answer : bytes or None
        What the same request was answered before.
    """

    def __init__(self, held: Held, keyring: Keyring, names: tuple[str, str, str], body: bytes) -> None:
        self._held, self._keyring = held, keyring
        self._principal, self._route, _ = names
        self._request = keyring.request(*names)
        self._body = keyring.body(self._request, body)
        self.answer = held.read(self._known)

    def commit(
        self, decisions: Sequence[NewDecision], answer: bytes, *, events: Sequence[tuple[NewEvent, int]] = ()
    ) -> None:
        """Record decisions and the answer in one transaction, which is durable when this returns.

        Parameters
        ----------
        decisions : sequence of NewDecision
            What was decided; nothing when each item of a batch was refused.
        answer : bytes
            What the caller hears now, and whoever sends the request again.
        events : sequence of tuple of NewEvent and int
            What this adds to earlier decisions, each with the number of events known of it.

        Raises
        ------
        InFlightError
            When another process answered the same request meanwhile.
        ConflictError
            When an earlier decision was changed or corrected meanwhile.
        StoreError
            When it is not recorded, or nobody knows whether it is: the same request again tells.
        """
        sealed = [seal_decision(new, self._keyring) for new in decisions]
        first = sealed[0] if sealed else None
        key = first.keys[RetentionClass.DECISION] if first else self._keyring.answers
        row = {
            "request": self._request,
            "principal": self._principal,
            "route": self._route,
            "at": time_text(datetime.now(UTC)),
            "body": self._body,
            "record": first.id if first else None,
            "sealed_answer": seal(key, answer, b"answer" + self._request),
        }

        def work(connection: Connection) -> None:
            try:
                connection.execute(insert(schema.idempotency), row)
            except IntegrityError as error:
                raise InFlightError("Another process answered this request meanwhile. Send it again.") from error
            if sealed:
                insert_decisions(connection, self._keyring, sealed)
                links = [{"decision": record.id, "request": self._request} for record in sealed]
                connection.execute(insert(schema.idempotency_decisions), links)
            for event, after in events:
                add_event(connection, self._keyring, event, after=after)

        self._held.write(work)
        self.answer = answer

    def _known(self, connection: Connection) -> bytes | None:
        table = schema.idempotency
        query = select(table.c.body, table.c.record, table.c.sealed_answer).where(table.c.request == self._request)
        found = connection.execute(query).first()
        if found is None:
            return None
        body, record, sealed = found
        if sealed is None:
            raise ErasedError("This request was answered, and the person was erased since.")
        if body != self._body:
            raise KeyReusedError("This idempotency key came with another request before. Take a new key.")
        key = self._keyring.answers if record is None else decision_key(connection, self._keyring, record)
        if key is None:
            raise ErasedError("This request was answered, and the person was erased since.")
        return opened(key, sealed, b"answer" + self._request, record or "of an answer")
