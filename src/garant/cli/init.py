"""`garant init`: draft a tables.toml for a folder of raw tables."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from garant.cli.show import say
from garant.exceptions import UsageError
from garant.storage import atomic_path
from garant.tables.draft import draft_config


def init(
    data: Annotated[Path, Parameter(help="Folder of raw tables.")],
    /,
    *,
    force: Annotated[bool, Parameter(help="Replace a tables.toml that is there.", negative="")] = False,
) -> int:
    """Draft a tables.toml: which file is which table, which column is which, and what to check by hand.

    Nothing is guessed in silence: every guess stands in the draft with its reason.
    """
    target = data / "tables.toml"
    if target.exists() and not force:
        raise UsageError(f"{target} exists already. Look at it, or replace it with --force.")
    text = draft_config(data)
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
    say(text)
    say(f"Written to {target}. Check every line marked 'guess', then run: garant check {data}")
    return 0
