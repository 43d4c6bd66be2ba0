"""Which decisions wait for a reviewer: found by SQL, without opening anything that is sealed.

That a proposal was referred to a person is no more than that a person must look; it stands here until somebody did.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from garant.decisions import schema
from garant.decisions.envelope import time_text
from garant.decisions.insertion import add
from garant.decisions.keyring import Keyring
from garant.decisions.reading import chunks, read_decisions
from garant.decisions.record import EventKind, NewEvent, State
from garant.models.cutoff import Outcome

MOST_CASES = 200
"""Of one page of the list."""


class CaseKind(StrEnum):
    """Why a decision waits for a reviewer."""

    REFERRED = "referred"
    CONTESTED = "contested"


_UNREAD = "unread"
"""A proposal of an earlier version of the store, of which nobody knows yet whether it was referred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An event in clear: what, when and by whom; never what was said."""

    kind: EventKind
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A decision that waits for a reviewer.

    Parameters
    ----------
    decision : str
        Its id.
    kind : CaseKind
        Why it waits.
    owner : str
        Branch.
    since : datetime
        When it was decided, or contested.
    done : tuple of Done
        What happened since then, in order.
    """

    decision: str
    kind: CaseKind
    owner: str
    since: datetime
    done: tuple[Done, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Some of the open cases, the oldest first.

    Parameters
    ----------
    cases : tuple of OpenCase
        At most `MOST_CASES`.
    total : int
        How many there are altogether.
    next : str or None
        Where the next page begins; None of the last one.
    """

    cases: tuple[OpenCase, ...]
    total: int
    next: str | None


def read_cases(connection: Connection, *, owner: str | None, after: str | None, limit: int = MOST_CASES) -> CasePage:
    """One page of the open cases.

    Parameters
    ----------
    owner : str or None
        Branch; all when None.
    after : str or None
        Where the page begins, as the page before said.
    limit : int
        How many cases it holds at most.
    """
    table = schema.open_cases
    wanted = [table.c.kind != _UNREAD, *([] if owner is None else [table.c.owner == owner])]
    query = select(table).where(*wanted)
    if after:
        since, _, decision = after.partition("~")
        query = query.where(or_(table.c.since > since, and_(table.c.since == since, table.c.decision > decision)))
    query = query.order_by(table.c.since, table.c.decision).limit(limit + 1)
    rows = connection.execute(query).mappings().all()
    shown = rows[:limit]
    done = _done(connection, {row["decision"]: row["since"] for row in shown})
    cases = tuple(
        OpenCase(
            decision=row["decision"],
            kind=CaseKind(row["kind"]),
            owner=row["owner"],
            since=datetime.fromisoformat(row["since"]),
            done=tuple(done[row["decision"]]),
        )
        for row in shown
    )
    total = connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
    following = f"{shown[-1]['since']}~{shown[-1]['decision']}" if len(rows) > limit else None
    return CasePage(cases=cases, total=total, next=following)


def enter_cases(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let decisions that were referred wait for a reviewer; `rows` are their columns in clear."""
    add(
        connection,
        schema.open_cases,
        [
            {"decision": row["id"], "kind": str(CaseKind.REFERRED), "owner": row["owner"], "since": row["at"]}
            for row in rows
        ],
    )


def leave_cases(connection: Connection, decisions: Collection[str]) -> None:
    """Take decisions off the list."""
    table = schema.open_cases
    connection.execute(delete(table).where(table.c.decision.in_(decisions)))


def follow_event(connection: Connection, event: NewEvent) -> None:
    """Bring the list to where a decision stands after `event`."""
    if event.state is State.CONTESTED and event.kind is EventKind.CONTESTED:
        made = schema.decisions
        owner = connection.execute(select(made.c.owner).where(made.c.id == event.decision)).scalar_one()
        leave_cases(connection, [event.decision])
        row = {"decision": event.decision, "kind": "contested", "owner": owner, "since": time_text(event.at)}
        add(connection, schema.open_cases, [row])
    elif event.state in {State.FINAL, State.REVIEWED} or event.kind is EventKind.CORRECTED:
        leave_cases(connection, [event.decision])


def unread_cases(connection: Connection, limit: int = MOST_CASES) -> list[str]:
    """Some proposals of which nobody knows yet whether they were referred."""
    table = schema.open_cases
    return list(connection.execute(select(table.c.decision).where(table.c.kind == _UNREAD).limit(limit)).scalars())


def referred_of(connection: Connection, keyring: Keyring, ids: Sequence[str]) -> frozenset[str]:
    """Those of some decisions that were referred to a person."""
    found = read_decisions(connection, keyring, ids)
    return frozenset(each.id for each in found if each.judgement and each.judgement.outcome is Outcome.REFER)


def settle_cases(connection: Connection, ids: Sequence[str], referred: Collection[str]) -> None:
    """Keep the `referred` ones of unread `ids` on the list."""
    table = schema.open_cases
    for chunk in chunks(ids):
        unread = and_(table.c.decision.in_(chunk), table.c.kind == _UNREAD)
        kept = [decision for decision in chunk if decision in referred]
        known = {"kind": str(CaseKind.REFERRED)}
        connection.execute(update(table).where(unread, table.c.decision.in_(kept)).values(known))
        connection.execute(delete(table).where(unread))


def _done(connection: Connection, since: Mapping[str, str]) -> dict[str, list[Done]]:
    happened = schema.events
    found: dict[str, list[Done]] = defaultdict(list)
    for chunk in chunks(list(since)):
        query = select(happened.c.decision, happened.c.kind, happened.c.at, happened.c.actor)
        query = query.where(happened.c.decision.in_(chunk)).order_by(happened.c.decision, happened.c.number)
        for decision, kind, at, actor in connection.execute(query):
            if at > since[decision]:
                found[decision].append(Done(kind=EventKind(kind), at=datetime.fromisoformat(at), actor=actor))
    return found
