"""Who runs a command on the machine of the record store: whoever may read its master key may do this."""

import getpass
import re

from garant.decisions.access import Principal, Role

_NO_ID = re.compile(r"[^\w.-]")


def operator(role: Role, owner: str) -> Principal:
    """The person at this terminal, who stands in records as ``terminal:<name of the account>``.

    Parameters
    ----------
    role : Role
        What the command needs.
    owner : str
        Branch that decisions belong to.
    """
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # An account without a name, as containers have.
        name = "unnamed"
    return Principal(id=f"terminal:{_NO_ID.sub('_', name)[:50]}", role=role, owner=owner)
