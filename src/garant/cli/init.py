"""`garant init`: draft a tables.toml for a folder of raw tables."""

from typing import Annotated

from cyclopts import Parameter

from garant.cli.parameters import FOLDER
from garant.cli.show import say
from garant.exceptions import UsageError
from garant.settings import load_settings
from garant.storage import Location, atomic_path, staging
from garant.tables.config_file import CONFIG_NAME
from garant.tables.draft import draft_config


def init(
    data: Annotated[Location, FOLDER, Parameter(help="Folder of raw tables; s3://bucket/prefix too.")],
    /,
    *,
    force: Annotated[bool, Parameter(help="Replace a tables.toml that is there.", negative="")] = False,
) -> int:
    """Draft a tables.toml: which file is which table, which column is which, and what to check by hand.

    Nothing is guessed in silence: every guess stands in the draft with its reason.
    """
    with staging(load_settings()) as at:
        folder = at.fetched(data)
        target = folder / CONFIG_NAME
        if target.exists() and not force:
            raise UsageError(f"{target} exists already. Look at it, or replace it with --force.")
        text = draft_config(folder)
        with atomic_path(target) as temporary:
            temporary.write_text(text, encoding="utf-8")
        at.send(target, data / CONFIG_NAME, replace=force)
    say(text)
    say(f"Written to {data / CONFIG_NAME}. Check every line marked 'guess', then run: garant check {data}")
    return 0
