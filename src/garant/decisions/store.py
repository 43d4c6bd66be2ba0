"""The record store: decisions, what happened to them, who looked at them; on SQLite or PostgreSQL."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from garant.decisions import schema
from garant.decisions.access import Principal
from garant.decisions.claim import Claim
from garant.decisions.database import Database
from garant.decisions.envelope import time_text
from garant.decisions.erasure import Erasure, erase_subject
from garant.decisions.export import SubjectExport, read_subject
from garant.decisions.ids import new_id
from garant.decisions.insertion import add, add_or_leave
from garant.decisions.keyring import Keyring
from garant.decisions.looks import Looks
from garant.decisions.migrating import migrate, require_version
from garant.decisions.open_cases import CasePage, read_cases, referred_of, settle_cases, unread_cases
from garant.decisions.payload import matrix_hmac
from garant.decisions.reading import decision_key, decisions_about, read_decisions, read_events
from garant.decisions.record import Decision, Event, EventKind, NewEvent
from garant.decisions.sqlite import SqliteDatabase, sqlite_path
from garant.decisions.stop_switch import StopSwitch, Turn
from garant.decisions.writing import add_event
from garant.exceptions import ErasedError, StoreError, UnknownDecisionError
from garant.keys import MasterKey

_MASTER = "master_key"


class RecordStore:
    """The record store; safe for many threads.

    Attributes
    ----------
    database : Database
        Where it stands, for parts of this folder.
    keyring : Keyring
        Its keys, for parts of this folder.
    """

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self.database, self.keyring = database, keyring
        self._switch = StopSwitch(database)
        self._looks = Looks(database)

    @classmethod
    def open(
        cls, url: str, master: MasterKey, *, serving: bool, workers: int = 1, allow_unsafe: bool = False
    ) -> "RecordStore":
        """Open the store at `url`, to be closed or used with ``with``.

        Parameters
        ----------
        url : str
            ``sqlite:///path`` (made when there is no such file) or ``postgresql://user@host/database``.
        master : MasterKey
            What opens the keys in it.
        serving : bool
            Whether this process answers requests; on SQLite one alone may.
        workers : int
            How many processes answer requests.
        allow_unsafe : bool
            Go on with a database that could lose what was acknowledged: for tests alone.

        Raises
        ------
        UnsafeStoreError
            When the database could lose what was acknowledged.
        StoreError
            When it cannot be used, has the schema of another version, another master key, or is served already.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError("store_url is no address of a database: write sqlite:///path or postgresql://…") from error
        name = f"Record store {parsed.render_as_string()}"
        database: Database
        if parsed.get_backend_name() == "sqlite":
            path = sqlite_path(parsed)
            if serving and workers > 1:
                raise StoreError(
                    f"{name}: SQLite has exactly one serving process, {workers} are asked for. Use PostgreSQL "
                    "(store_url), or one worker."
                )
            if not path.exists():
                migrate(url)
            database = SqliteDatabase(path, serving=serving, allow_unsafe=allow_unsafe)
        elif parsed.get_backend_name() == "postgresql":
            from garant.decisions.postgresql import PostgresqlDatabase  # noqa: PLC0415 - an extra

            database = PostgresqlDatabase(parsed, allow_unsafe=allow_unsafe)
        else:
            raise StoreError(f"{name}: expected sqlite:///path or postgresql://…, no other database is known.")
        try:
            keyring = Keyring(master)
            database.read(lambda connection: require_version(connection, name))
            database.check()
            _require_master(database, keyring, name)
        except BaseException:
            # `with` does not leave a block that it never entered: the lock of the file and a thread would stay.
            database.close()
            raise
        return cls(database, keyring)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what waits and let go of the database."""
        try:
            self._looks.close()
        finally:
            self.database.close()

    @contextmanager
    def claim(self, principal_id: str, route: str, key: str, body: bytes) -> Generator[Claim]:
        """Take a request for the caller alone until the block ends.

        Parameters
        ----------
        principal_id, route, key : str
            Who asks, what for, and the idempotency key of the request.
        body : bytes
            The request, to recognise it.

        Raises
        ------
        InFlightError
            When the same request is being answered.
        KeyReusedError
            When the key came with another body.
        ErasedError
            When the request was answered and the person was erased.
        """
        with self.database.held(self.keyring.request(principal_id, route, key)) as held:
            yield Claim(held, self.keyring, (principal_id, route, key), body)

    def decision(self, id: str) -> Decision:  # noqa: A002 - what callers name it
        """Decision with this id.

        Raises
        ------
        UnknownDecisionError
            When there is none.
        AlteredRecordError
            When it is not what was recorded.
        """
        found = self.database.read(lambda connection: read_decisions(connection, self.keyring, [id]))
        if not found:
            raise UnknownDecisionError("There is no such decision.")
        return found[0]

    def decisions_of(self, subject: str) -> tuple[Decision, ...]:
        """Decisions about a person, the first one first; none once the person was erased."""
        pseudonym = self.keyring.pseudonym(subject)
        return self.database.read(
            lambda connection: read_decisions(connection, self.keyring, decisions_about(connection, pseudonym))
        )

    def is_matrix(self, id: str, matrix: bytes) -> bool:  # noqa: A002 - what callers name it
        """Whether the model read just these bytes for a decision.

        Raises
        ------
        ErasedError
            When the person was erased.
        """
        decision = self.decision(id)
        key = self.database.read(lambda connection: decision_key(connection, self.keyring, id))
        if key is None:
            raise ErasedError("The person whom this decision is about was erased.")
        return decision.matrix_hmac == matrix_hmac(matrix, key)

    def add(self, event: NewEvent, *, after: int) -> Event:
        """Add an event to a decision of which `after` events are known.

        Raises
        ------
        ConflictError
            When another came first.
        UnknownDecisionError
            When there is no such decision.
        ErasedError
            When the person was erased.
        """
        return self.database.write(lambda connection: add_event(connection, self.keyring, event, after=after))

    def saw(self, principal: Principal, what: str, *, subject: str | None = None, decision: str | None = None) -> None:
        """Record that somebody looked at something of a person: who, what kind of thing, when; no values.

        While the disk is full it waits for room: see `Looks`.
        """
        row = {
            "id": new_id(),
            "at": time_text(datetime.now(UTC)),
            "principal": principal.id,
            "role": str(principal.role),
            "what": what,
            "decision": decision,
        }
        known = None if subject is None else self.keyring.pseudonym(subject)

        def work(connection: Connection) -> None:
            link = schema.subject_decisions
            pseudonym = known
            if pseudonym is None and decision is not None:
                pseudonym = connection.execute(select(link.c.pseudonym).where(link.c.decision == decision)).scalar()
            add(connection, schema.access_events, [{**row, "pseudonym": pseudonym}])

        self._looks.record(work)

    def first_look(self, principal_id: str, what: str, decision: str, *, since: datetime) -> datetime | None:
        """When somebody first looked at something of a decision since a time; None when they did not."""
        link, access = schema.subject_decisions, schema.access_events
        whose = select(link.c.pseudonym).where(link.c.decision == decision).scalar_subquery()
        query = select(func.min(access.c.at)).where(
            access.c.pseudonym == whose,
            access.c.decision == decision,
            access.c.principal == principal_id,
            access.c.what == what,
            access.c.at >= time_text(since),
        )
        at = self.database.read(lambda connection: connection.execute(query).scalar())
        return None if at is None else datetime.fromisoformat(at)

    def open_cases(self, *, owner: str | None, after: str | None = None) -> CasePage:
        """Decisions that wait for a reviewer, the oldest first, of a branch or of all.

        Parameters
        ----------
        owner : str or None
            Branch; all when None.
        after : str or None
            Where the page begins, as the page before said.
        """
        unread = self.database.read(unread_cases)
        if unread:
            referred = self.database.read(lambda connection: referred_of(connection, self.keyring, unread))
            self.database.write(lambda connection: settle_cases(connection, unread, referred))
        return self.database.read(lambda connection: read_cases(connection, owner=owner, after=after))

    def events_since(self, kinds: Collection[EventKind], since: datetime, *, most: int) -> tuple[Event, ...]:
        """Events of these kinds since a time, the latest first, at most so many."""
        at = time_text(since)
        return self.database.read(lambda connection: read_events(connection, self.keyring, kinds, since=at, most=most))

    def is_stopped(self) -> bool:
        """Whether every decision goes to a person, as it stood at most two seconds ago."""
        return self._switch.is_stopped()

    def last_turn(self) -> Turn | None:
        """Who turned the stop switch last, when and why; None when nobody ever did."""
        return self._switch.last_turn()

    def stop(self, principal: Principal, reason: str) -> None:
        """Send every decision to a person from now on."""
        self._switch.turn(principal, reason, is_stopped=True)

    def resume(self, principal: Principal, reason: str) -> None:
        """Decide again."""
        self._switch.turn(principal, reason, is_stopped=False)

    def erase(self, subject: str, *, reason: str, actor: str) -> Erasure:
        """Destroy what opens the records about a person, and take it out of the files.

        Parameters
        ----------
        subject : str
            Who is erased.
        reason : str
            Why; kept in clear for ever, so it names nobody.
        actor : str
            Who does it.

        Raises
        ------
        StoreError
            When nothing was erased.
        """
        done = self.database.write(
            lambda connection: erase_subject(connection, self.keyring, subject, reason=reason, actor=actor)
        )
        try:
            return replace(done, is_scrubbed=self.database.scrub())
        except StoreError:
            # It is erased all the same.
            return done

    def export(self, subject: str) -> SubjectExport:
        """Everything that is stored about a person."""
        return self.database.read(lambda connection: read_subject(connection, self.keyring, subject))

    def check(self) -> None:
        """One round trip to the database and a look at its settings; StoreError within a second when it fails."""
        self.database.check()


def _require_master(database: Database, keyring: Keyring, name: str) -> None:
    """Go on only with the master key that the store was begun with.

    Raises
    ------
    StoreError
        When it is another one.
    """

    def find(connection: Connection) -> str | None:
        table = schema.store_facts
        return connection.execute(select(table.c.value).where(table.c.name == _MASTER)).scalar()

    found = database.read(find)
    if found is None:
        row = {"name": _MASTER, "value": keyring.id}
        database.write(lambda connection: add_or_leave(connection, schema.store_facts, [row]))
        found = database.read(find)
    if found != keyring.id:
        raise StoreError(
            f"{name}: its records were closed with the master key {found}, the file given holds {keyring.id}. Name the "
            "right file (master_key)."
        )
