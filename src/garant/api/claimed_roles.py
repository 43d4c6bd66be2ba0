"""From claims to a principal: exactly one role that garant knows, exactly one branch, and nothing guessed."""

import re
from collections.abc import Mapping
from typing import Any

from garant.api.signed_tokens import WrongTokenError
from garant.decisions.access import Principal, Role

OWNER = re.compile(r"[\w.-]{1,50}")
"""A branch, as API keys and the setting ``owner`` write it."""

_MOST_ROLES = 200
"""A claim may list the groups of a large house."""


def principal_of(id: str, claims: Mapping[str, Any], *, role: str, owner: str) -> Principal:  # noqa: A002 - the principal's
    """Whoever the claims tell of.

    Parameters
    ----------
    id : str
        Id of the principal.
    claims : mapping of str to Any
        Of a token that was read.
    role, owner : str
        Names of the claims that tell the role and the branch.

    Raises
    ------
    WrongTokenError
        Reason ``role`` or ``owner``: none, several, or one that garant does not know.
    """
    known = {word for word in _words(claims.get(role)) if word in set(Role)}
    if len(known) != 1:
        raise WrongTokenError("role")
    owners = _words(claims.get(owner))
    if len(owners) != 1 or not OWNER.fullmatch(owners[0]):
        raise WrongTokenError("owner")
    return Principal(id=id, role=Role(known.pop()), owner=owners[0])


def _words(value: object) -> list[str]:
    """Texts of a claim that is a text or a list; one that is anything else has none."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and len(value) <= _MOST_ROLES:
        return [word for word in value if isinstance(word, str)]
    return []
