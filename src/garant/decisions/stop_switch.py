"""The stop switch: one row says that every decision goes to a person."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from garant.decisions import schema
from garant.decisions.access import Principal
from garant.decisions.database import Database
from garant.decisions.envelope import time_text
from garant.decisions.fresh import Fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When somebody turned the switch, and why."""

    is_stopped: bool
    at: datetime
    actor: str
    reason: str


class StopSwitch:
    """Where the switch stands, read again when what is known is too old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopped = Fresh(lambda: database.read(_last)[1])

    def is_stopped(self) -> bool:
        """Where it stands, at most two seconds ago.

        Raises
        ------
        StoreError
            When it cannot be read: then nothing is decided.
        """
        return self._stopped.value()

    def turn(self, principal: Principal, reason: str, *, is_stopped: bool) -> None:
        """Write where it stands from now on."""

        def work(connection: Connection) -> None:
            number, _ = _last(connection)
            row = {
                "number": number + 1,
                "is_stopped": is_stopped,
                "at": time_text(datetime.now(UTC)),
                "actor": principal.id,
                "reason": reason,
            }
            connection.execute(insert(schema.switch_events), row)

        self._database.write(work)
        self._stopped.forget()

    def last_turn(self) -> Turn | None:
        """Who turned it last; None when nobody ever did."""
        table = schema.switch_events
        query = select(table).order_by(table.c.number.desc()).limit(1)
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        at = datetime.fromisoformat(row.at)
        return Turn(is_stopped=row.is_stopped, at=at, actor=row.actor, reason=row.reason)


def _last(connection: Connection) -> tuple[int, bool]:
    table = schema.switch_events
    row = connection.execute(
        select(table.c.number, table.c.is_stopped).order_by(table.c.number.desc()).limit(1)
    ).first()
    return (0, False) if row is None else (row.number, row.is_stopped)
