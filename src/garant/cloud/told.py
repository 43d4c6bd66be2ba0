"""What the templates are told beside account and region, and what they were told at the last deployment.

Each template carries it as metadata, so that a deployment changes only what it names: without that, one that says
nothing of the decision service would take its database away.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import BATCH, DATA, GUARD, SERVING, TOLD
from garant.exceptions import UnknownNameError, UsageError

PLATFORM: Final = ("profile", "mail", "budget", "schedule", "interactive", "github", "github_provider")
"""Entries of the context that stacks Data, Guard and Batch read."""

SERVICE: Final = (
    "image",
    "certificate",
    "host",
    "bundle",
    "trusted_keys",
    "jwt_issuer",
    "jwt_audience",
    "oidc_issuer",
    "oidc_client_id",
    "public",
    "ingress",
    "snapshot",
    "master_key",
)
"""Entries that stack Serving reads, each with ``serving_`` before it."""

KNOWN: Final = (*PLATFORM, *(f"serving_{name}" for name in SERVICE))

_DATABASE: Final = "AWS::RDS::DBInstance"

_FILES: Final = ("schedule",)
"""Entries that name a file on the machine of who deploys."""


def entries(words: Sequence[str]) -> dict[str, str]:
    """Read ``NAME=VALUE``; an empty value lets go of what was told before.

    Raises
    ------
    UsageError
        When a word has no ``=``.
    UnknownNameError
        When the templates know no such entry.
    """
    found: dict[str, str] = {}
    for word in words:
        name, is_there, value = word.partition("=")
        if not is_there:
            raise UsageError(f"--set {word}: expected NAME=VALUE, for instance serving_host=garant.lender.example")
        if name not in KNOWN:
            raise UnknownNameError("entry of the templates", name, KNOWN, f"Known are {', '.join(KNOWN)}.")
        found[name] = value
    return found


def told_before(account: Account, there: Mapping[str, object]) -> dict[str, str]:
    """Entries of the last deployment, of the stacks that are there.

    Parameters
    ----------
    account : Account
        Where to look.
    there : mapping
        Names of the stacks that are deployed.
    """
    found: dict[str, str] = {}
    # The later in the list, the more it was changed with.
    for stack in (DATA, GUARD, BATCH, SERVING):
        if stack in there:
            found |= _told(account, stack)
    return {name: value for name, value in found.items() if name in KNOWN}


def merged(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Entries of a deployment: what is named now wins, an empty value lets go."""
    return {name: value for name, value in {**before, **now}.items() if value}


def check_files(told: Mapping[str, str]) -> None:
    """Refuse to go on where a file that templates are made with is not here.

    Raises
    ------
    UsageError
        Says which; without it what it says would be switched off.
    """
    for name in _FILES:
        if name in told and not Path(told[name]).is_file():
            raise UsageError(
                f"The {name} that is deployed was read from {told[name]}, which is not here. Give --{name} FILE to "
                f"keep one, or --set {name}= to switch it off."
            )


def without_files(told: Mapping[str, str]) -> dict[str, str]:
    """Entries that name no file."""
    return {name: value for name, value in told.items() if name not in _FILES}


def _told(account: Account, stack: str) -> Mapping[str, str]:
    answer = account.ask("cloudformation", "get_template", StackName=stack, TemplateStage="Original")
    body: Any = answer["TemplateBody"]
    template: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    told = {str(name): str(value) for name, value in template.get("Metadata", {}).get(TOLD, {}).items()}
    return _origin(template) | told


def _origin(template: Mapping[str, Any]) -> dict[str, str]:
    """Snapshot that a database was made from: in a template without it RDS would begin with an empty one."""
    resources = [one for one in template.get("Resources", {}).values() if one["Type"] == _DATABASE]
    made_from = [one.get("Properties", {}).get("DBSnapshotIdentifier") for one in resources]
    found = [name for name in made_from if isinstance(name, str)]
    return {"serving_snapshot": found[0]} if found else {}
