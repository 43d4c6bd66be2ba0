"""The tables of the record store, the same on SQLite and on PostgreSQL.

What may be known without a key stands in columns of its own; everything about a person is a sealed payload. Times are
text in UTC with microseconds, which every database keeps and sorts alike.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

store_facts = Table(
    "store_facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What belongs to the whole store, such as the id of its master key."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("legal_basis", Text),
    Column("owner", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("bundle", Text, nullable=False),
    Column("features", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("notice_id", Text, nullable=False),
    Column("supersedes", Text, ForeignKey("decisions.id"), unique=True),
    Index(None, "owner", "at"),
)
"""Decisions as they were made, in clear; never changed. The outcome is not here: it says something of a person."""

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision", Text, ForeignKey("decisions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("retention", Text, nullable=False),
    UniqueConstraint("decision", "number"),
    Index(None, "kind", "at"),
)
"""What happened to a decision since: added, never changed."""

open_cases = Table(
    "open_cases",
    metadata,
    Column("decision", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("since", Text, nullable=False),
    Index(None, "since", "decision"),
    Index(None, "owner", "since", "decision"),
)
"""Decisions that wait for a reviewer: a list of work, no record. A row goes when somebody decided, or is erased."""

payloads = Table(
    "payloads",
    metadata,
    Column("record", Text, primary_key=True),
    Column("retention", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""What is personal of a decision or an event, by class of retention: nonce and ciphertext."""

payload_keys = Table(
    "payload_keys",
    metadata,
    Column("record", Text, primary_key=True),
    Column("retention", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Key of each payload, closed with the key of its subject."""

subjects = Table(
    "subjects",
    metadata,
    Column("pseudonym", LargeBinary, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", Text, nullable=False),
)
"""Key of each person, closed with the master key; whoever is erased is no longer here."""

subject_decisions = Table(
    "subject_decisions",
    metadata,
    Column("decision", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("pseudonym", LargeBinary, nullable=False),
    Index(None, "pseudonym"),
)
"""Whose decision it is; an erasure cuts it."""

leaves = Table(
    "leaves",
    metadata,
    Column("record", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("payload_digests", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""What a proof is made over; stays when a person is erased."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("request", LargeBinary, primary_key=True),
    Column("principal", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", LargeBinary),
    Column("record", Text),
    Column("sealed_answer", LargeBinary),
)
"""Requests that were answered: HMAC of principal, route and key; HMAC of the body; the answer under a decision's key.

Of a person who was erased only the fact of the request is left.
"""

idempotency_decisions = Table(
    "idempotency_decisions",
    metadata,
    Column("decision", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("request", LargeBinary, nullable=False),
)
"""Which request a decision answered: the answer to a batch tells of several people."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("used_on", Text),
)
"""API keys: HMAC of the secret, never the secret."""

switch_events = Table(
    "switch_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("is_stopped", Boolean, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""The stop switch: the last row says where it stands."""

access_events = Table(
    "access_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("decision", Text),
    Column("pseudonym", LargeBinary),
    Index(None, "pseudonym"),
)
"""Who looked at what of whom; no values."""

erasures = Table(
    "erasures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Tombstones."""

erased_decisions = Table(
    "erased_decisions",
    metadata,
    Column("decision", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("erasure", Text, ForeignKey("erasures.id"), nullable=False),
)
"""Decisions whose person was erased: what must be erased again after an old copy was brought back."""
