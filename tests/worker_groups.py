"""Which tests share a worker, so that what they look at is made once and not by each worker anew."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest


def keep_together(items: Sequence[pytest.Item], folder: Path, group: str, *, fixtures: Collection[str]) -> None:
    """Put the tests below `folder` that use one of `fixtures` into a group, unless a test names one itself.

    For hooks that come first: pytest-xdist reads the marks in the same hook.
    """
    for item in items:
        uses = {*getattr(item, "fixturenames", ())} & {*fixtures}
        if uses and folder in item.path.parents and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))


def keep_modules_together(items: Sequence[pytest.Item]) -> None:
    """Group the tests of a module that use a fixture of this module which is made once, unless they are in a group."""
    for item in items:
        module = item.nodeid.partition("::")[0]
        info = getattr(item, "_fixtureinfo", None)
        used = info.name2fixturedefs.values() if info else ()
        shared = any(made.scope == "module" and made.baseid == module for fixtures in used for made in fixtures)
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(Path(module).stem))
