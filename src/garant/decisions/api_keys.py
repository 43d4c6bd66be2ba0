"""API keys: who a program is; its secret is shown once and kept nowhere."""

import hmac
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from garant.decisions import schema
from garant.decisions.access import Principal, Role
from garant.decisions.envelope import time_text
from garant.decisions.fresh import Fresh
from garant.decisions.store import RecordStore
from garant.exceptions import StoreError, UnknownNameError, UsageError

_PREFIX = "garant"
_ID_BYTES = 6
_SECRET_BYTES = 32
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of an API key: everything but its secret.

    Parameters
    ----------
    id : str
        Twelve hexadecimal digits; the id of whoever uses it.
    name : str
        What it is for.
    role : Role
        What it may do.
    owner : str
        Branch.
    made_at, expires_at : datetime
        From when until when it counts, UTC.
    revoked_at : datetime or None
        When it was revoked.
    used_on : str or None
        Day of the last use, UTC; no more is kept.
    """

    id: str
    name: str
    role: Role
    owner: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_on: str | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def principal(self) -> Principal:
        """Whoever uses it."""
        return Principal(id=self.id, role=self.role, owner=self.owner)


class ApiKeys:
    """The API keys of a record store; safe for many threads.

    All keys are read together and again when they are two seconds old, so that a revocation is seen in time and
    somebody who tries keys does not reach the database.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._fresh = Fresh(lambda: store.database.read(_read))
        self._used: set[tuple[str, str]] = set()

    def create(self, name: str, role: Role, owner: str, expires: datetime) -> tuple[ApiKey, str]:
        """Make a key; its text ``garant_<id>_<secret>`` is given here and never again.

        Raises
        ------
        UsageError
            When it would have expired already, or the time has no zone.
        """
        now = datetime.now(UTC)
        if expires.tzinfo is None or expires <= now:
            raise UsageError("An API key needs an end in the future, with a time zone (UTC).")
        key = ApiKey(
            id=secrets.token_hex(_ID_BYTES), name=name, role=Role(role), owner=owner, made_at=now, expires_at=expires
        )
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        row = {
            "id": key.id,
            "name": key.name,
            "role": str(key.role),
            "owner": key.owner,
            "secret": self._store.keyring.api_secret(key.id, secret),
            "made_at": time_text(key.made_at),
            "expires_at": time_text(key.expires_at),
        }
        self._store.database.write(lambda connection: connection.execute(insert(schema.api_keys), row))
        self._fresh.forget()
        return key, f"{_PREFIX}_{key.id}_{secret}"

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, the oldest first, those that no longer count too."""
        found = self._store.database.read(_read)
        return tuple(sorted((key for key, _ in found.values()), key=lambda key: key.made_at))

    def revoke(self, id: str) -> None:  # noqa: A002 - what callers name it
        """Let a key count no longer: here at once, in other processes within two seconds.

        Raises
        ------
        UnknownNameError
            When there is no such key.
        """
        table = schema.api_keys
        now = time_text(datetime.now(UTC))
        change = update(table).where(table.c.id == id, table.c.revoked_at.is_(None)).values(revoked_at=now)
        known = self._store.database.read(_read)
        if id not in known:
            raise UnknownNameError("API key", id, known, hint="`garant key list` shows them.")
        self._store.database.write(lambda connection: connection.execute(change))
        self._fresh.forget()

    def authenticate(self, text: str) -> Principal | None:
        """Whoever shows this key; None when it is no key, or none that counts.

        Raises
        ------
        StoreError
            When the keys cannot be read: then nobody is let in.
        """
        now = datetime.now(UTC)
        key = self._shown(text, self._fresh.value(), now)
        if key is None:
            return None
        self._note_use(key, now)
        return key.principal

    def recognised(self, text: str) -> Principal | None:
        """Whoever shows this key, when that is known without waiting for the database; else ask `authenticate`."""
        keys, now = self._fresh.at_once(), datetime.now(UTC)
        key = None if keys is None else self._shown(text, keys, now)
        return key.principal if key is not None and self._is_noted(key, now) else None

    def _shown(self, text: str, keys: Mapping[str, tuple[ApiKey, bytes]], now: datetime) -> ApiKey | None:
        prefix, _, rest = text[:_MOST_CHARACTERS].partition("_")
        key_id, _, secret = rest.partition("_")
        shown = self._store.keyring.api_secret(key_id, secret)
        found = keys.get(key_id)
        # A comparison that takes as long whatever is shown, also for a key that is not there.
        is_right = hmac.compare_digest(shown, bytes(len(shown)) if found is None else found[1])
        if found is None or not is_right or prefix != _PREFIX:
            return None
        return found[0] if found[0].counts(now) else None

    def _is_noted(self, key: ApiKey, now: datetime) -> bool:
        today = now.date().isoformat()
        return key.used_on == today or (key.id, today) in self._used

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        today = now.date().isoformat()
        with self._guard:
            if self._is_noted(key, now):
                return
            self._used.add((key.id, today))
        table = schema.api_keys
        change = update(table).where(table.c.id == key.id).values(used_on=today)
        # A day that is not noted keeps nobody out.
        with suppress(StoreError):
            self._store.database.write(lambda connection: connection.execute(change))


def _read(connection: Connection) -> dict[str, tuple[ApiKey, bytes]]:
    found: dict[str, tuple[ApiKey, bytes]] = {}
    for row in connection.execute(select(schema.api_keys)):
        key = ApiKey(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            owner=row.owner,
            made_at=datetime.fromisoformat(row.made_at),
            expires_at=datetime.fromisoformat(row.expires_at),
            revoked_at=None if row.revoked_at is None else datetime.fromisoformat(row.revoked_at),
            used_on=row.used_on,
        )
        found[key.id] = key, row.secret
    return found
