"""What may be told to the templates beside account and region: the entries of the CDK's context that garant reads."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from garant.cloud.profiles import DEFAULT_PROFILE, Profile, profile_of
from garant.exceptions import UsageError

_REPOSITORY = r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}"
_MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Schedule:
    """When the portfolio is scored by itself.

    Attributes
    ----------
    expression : str
        ``cron(0 4 1 * ? *)``, in UTC.
    run : dict
        Input of the state machine, as for a run that is started by hand.
    """

    expression: str
    run: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is deployed.

    Attributes
    ----------
    profile : Profile
        Limits of a job: ``-c profile=small``, ``medium`` or ``large``.
    serving : bool
        Whether stack Serving is deployed: ``-c serving=true``.
    interactive : bool
        Whether notebooks may use the application: ``-c interactive=true``.
    schedule : Schedule or None
        ``-c schedule=FILE``, JSON with ``expression`` and ``run``; without it the schedule is there and off.
    github : str or None
        Repository that may deploy: ``-c github=owner/name``.
    github_provider : str or None
        ARN of GitHub's identity provider where the account has it already: ``-c github_provider=arn:…``.
    mail : str or None
        Where alarms and the budget are told to: ``-c mail=risk@lender.example``.
    budget : int
        Amount of the monthly budget in US dollars, which AWS keeps budgets in: ``-c budget=50``.
    """

    profile: Profile = DEFAULT_PROFILE
    serving: bool = False
    interactive: bool = False
    schedule: Schedule | None = None
    github: str | None = None
    github_provider: str | None = None
    mail: str | None = None
    budget: int = 50


def wanted(entry: Callable[[str], Any]) -> Wanted:
    """Read the context.

    Parameters
    ----------
    entry : callable
        Value of an entry, None where it is not there: ``app.node.try_get_context``.

    Raises
    ------
    UsageError
        When an entry is not what is expected.
    """
    budget = _text(entry("budget"), "budget", r"[1-9][0-9]{0,6}", "a whole amount of money like 50")
    profile, schedule = entry("profile"), entry("schedule")
    return Wanted(
        profile=profile_of(str(profile)) if profile else DEFAULT_PROFILE,
        serving=_is_on(entry("serving"), "serving"),
        interactive=_is_on(entry("interactive"), "interactive"),
        schedule=_schedule(Path(str(schedule))) if schedule else None,
        github=_text(entry("github"), "github", _REPOSITORY, "a repository like owner/name"),
        github_provider=_text(
            entry("github_provider"), "github_provider", r"arn:\S+:oidc-provider/\S+", "the ARN of an identity provider"
        ),
        mail=_text(entry("mail"), "mail", _MAIL, "an address of mail"),
        budget=int(budget) if budget else Wanted.budget,
    )


def _is_on(value: object, name: str) -> bool:
    """Whether an entry is on; the CDK CLI gives texts."""
    if value in (None, False, "false"):
        return False
    if value in (True, "true"):
        return True
    raise UsageError(f"Context {name}={value}: expected true or false.")


def _text(value: object, name: str, pattern: str, expected: str) -> str | None:
    if value in (None, ""):
        return None
    if not re.fullmatch(pattern, str(value)):
        raise UsageError(f"Context {name}={value}: expected {expected}.")
    return str(value)


def _schedule(file: Path) -> Schedule:
    try:
        said = json.loads(file.read_bytes())
        found = Schedule(str(said["expression"]), dict(said["run"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"Context schedule={file}: cannot be read ({error!r}). Expected JSON with `expression`, "
            "like cron(0 4 1 * ? *), and `run`, the input of a run."
        ) from error
    if not re.fullmatch(r"(cron|rate)\(.+\)", found.expression):
        raise UsageError(f"Context schedule={file}: {found.expression} is no cron(…) or rate(…).")
    return found
