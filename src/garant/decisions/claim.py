"""A request that is answered once: its key, its decisions and its answer are recorded together or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from garant.decisions import schema
from garant.decisions.database import Held, Mergeable, Work
from garant.decisions.envelope import time_text
from garant.decisions.insertion import add
from garant.decisions.keyring import Keyring, opened
from garant.decisions.lookup import look_up
from garant.decisions.reading import decision_key
from garant.decisions.record import NewDecision, NewEvent, RetentionClass
from garant.decisions.writing import SealedDecision, add_event, insert_decisions, seal_decision
from garant.exceptions import ErasedError, InFlightError, KeyReusedError
from garant.keys.master import seal

_ANSWERED = select(schema.idempotency.c.body, schema.idempotency.c.record, schema.idempotency.c.sealed_answer).where(
    schema.idempotency.c.request == bindparam("request")
)


class Claim:
    """What is known of a request, and the right to answer it.

    Attributes
    ----------
    answer : bytes or None
        What the same request was answered before.
    """

    def __init__(self, held: Held, keyring: Keyring, names: tuple[str, str, str], body: bytes) -> None:
        self._held, self._keyring = held, keyring
        self._names, self._sent = names, body
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
        recording = Recording.of(self._keyring, self._names, self._sent, decisions, answer)
        if not events:
            self._held.write(recording)
        else:
            self._held.write(_followed(recording, events))
        self.answer = answer

    def _known(self, connection: Connection) -> bytes | None:
        found = look_up(connection, _ANSWERED, {"request": self._request}).first()
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


@dataclass(frozen=True, slots=True)
class Recording:
    """The rows of a request and of what was decided; those of several requests are written together."""

    keyring: Keyring
    row: Mapping[str, Any]
    sealed: Sequence[SealedDecision]

    @classmethod
    def of(
        cls,
        keyring: Keyring,
        names: tuple[str, str, str],
        body: bytes,
        decisions: Sequence[NewDecision],
        answer: bytes,
    ) -> "Recording":
        """Seal decisions and the answer to the request that `names` (principal, route, key) and `body` are."""
        sealed = [seal_decision(new, keyring) for new in decisions]
        request = keyring.request(*names)
        first = sealed[0] if sealed else None
        key = first.keys[RetentionClass.DECISION] if first else keyring.answers
        principal, route, _ = names
        row = {
            "request": request,
            "principal": principal,
            "route": route,
            "at": time_text(datetime.now(UTC)),
            "body": keyring.body(request, body),
            "record": first.id if first else None,
            "sealed_answer": seal(key, answer, b"answer" + request),
        }
        return cls(keyring, row, sealed)

    def __call__(self, connection: Connection) -> None:
        """Write them by themselves."""
        self.with_others(connection, ())

    def with_others(self, connection: Connection, others: Sequence[Mergeable]) -> None:
        """Write them with those of other requests; when that fails, nobody knows whose fault it is."""
        all_of_them = [self, *(other for other in others if isinstance(other, Recording))]
        try:
            add(connection, schema.idempotency, [one.row for one in all_of_them])
        except IntegrityError as error:
            raise InFlightError("Another process answered this request meanwhile. Send it again.") from error
        links = [{"decision": record.id, "request": one.row["request"]} for one in all_of_them for record in one.sealed]
        if links:
            insert_decisions(connection, self.keyring, [record for one in all_of_them for record in one.sealed])
            add(connection, schema.idempotency_decisions, links)


def _followed(recording: Recording, events: Sequence[tuple[NewEvent, int]]) -> Work[None]:
    def work(connection: Connection) -> None:
        recording(connection)
        for event, after in events:
            add_event(connection, recording.keyring, event, after=after)

    return work
