"""`garant key create | list | revoke`: API keys, by which the decision service knows who asks."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.parameters import OutputOption
from garant.cli.show import Cell, print_rows, say
from garant.decisions.access import Role
from garant.exceptions import UsageError
from garant.settings import load_settings

if TYPE_CHECKING:
    from garant.decisions.api_keys import ApiKey

_PERIOD = re.compile(r"(\d{1,4})([hd])")
_MOST_DAYS = 366


def create_key(
    name: Annotated[str, Parameter(name="NAME", help="What it is for: a program, a counter; no person's secret.")],
    /,
    *,
    role: Annotated[
        Role,
        Parameter(
            help="adviser decides, confirms, records what clients contest, corrects; reviewer reviews; risk stops "
            "deciding; auditor reads everything and exports; admin makes keys, exports and erases, and decides nothing."
        ),
    ],
    owner: Annotated[str | None, Parameter(help="Branch: an adviser sees its decisions alone.")] = None,
    expires: Annotated[str, Parameter(help="When it ends: 90d, 12h; a year at most.")] = "90d",
    output: OutputOption = "table",
) -> int:
    """Make an API key for the decision service and show it once: only a digest of it is kept.

    It lets a program ask the service; it signs nothing. A key that signs bundles is made by `garant key new`.

    Example: garant key create "counter 3" --role adviser --owner lyon-1 --expires 90d
    """
    from garant.decisions.api_keys import ApiKeys
    from garant.runs.record_store import opened_store

    settings = load_settings()
    ends = datetime.now(UTC) + _period(expires)
    with opened_store(settings) as store:
        key, text = ApiKeys(store).create(name, role, owner or settings.owner, ends)
    if output == "table":
        # Lines and no table: a key that is folded at the edge of the terminal is no key.
        say(f"id       {key.id}")
        say(f"key      {text}")
        say(f"role     {key.role}, branch {key.owner}, until {_minute(key.expires_at)}")
        say("Shown once. Whoever asks sets it as GARANT_API_KEY; `garant key revoke` ends it within seconds.")
    else:
        print_rows([{"id": key.id, "key": text, **_row(key)}], output=output)
    return 0


def list_key(*, output: OutputOption = "table") -> int:
    """List the API keys of the record store: what they may do, until when, and the day of their last use.

    Example: garant key list
    """
    from garant.decisions.api_keys import ApiKeys
    from garant.runs.record_store import opened_store

    with opened_store(load_settings()) as store:
        found = ApiKeys(store).list()
    print_rows([{"id": key.id, **_row(key)} for key in found], output=output)
    if output == "table" and not found:
        say("No API key. `garant key create NAME --role adviser` makes one.")
    return 0


def revoke_key(
    id_: Annotated[str, Parameter(name="ID", help="Id of the key, as `garant key list` shows it.")], /
) -> int:
    """Let an API key count no longer, within seconds in every process that serves.

    Example: garant key revoke 3f9c01aa72be
    """
    from garant.decisions.api_keys import ApiKeys
    from garant.runs.record_store import opened_store

    with opened_store(load_settings()) as store:
        ApiKeys(store).revoke(id_)
    say(f"{id_} counts no longer.")
    return 0


def _period(text: str) -> timedelta:
    found = _PERIOD.fullmatch(text.strip())
    if found is not None:
        n = int(found[1])
        period = timedelta(hours=n) if found[2] == "h" else timedelta(days=n)
        if timedelta(0) < period <= timedelta(days=_MOST_DAYS):
            return period
    raise UsageError(f"--expires {text}: expected days or hours such as 90d or 12h, a year at most.")


def _row(key: "ApiKey") -> dict[str, Cell]:
    state = "revoked" if key.revoked_at else "counts" if key.counts(datetime.now(UTC)) else "expired"
    return {
        "name": key.name,
        "role": str(key.role),
        "branch": key.owner,
        "state": state,
        "until": _minute(key.expires_at),
        "last used": key.used_on,
    }


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
