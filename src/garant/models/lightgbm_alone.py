"""LightGBM without the packages that it loads only to accept their objects: there in a quarter of the time.

garant hands it arrays. In a process that is not garant's own, as a notebook, nothing is held back: there LightGBM's
classes for scikit-learn may be wanted.
"""

import sys

NOT_NEEDED = ("dask", "graphviz", "matplotlib", "pandas", "sklearn")
"""LightGBM does without them where they are not installed."""

_own_process = False


def use_alone() -> None:
    """Say that this process is garant's own, as that of a command is."""
    global _own_process  # noqa: PLW0603 - it is the process that this is about
    _own_process = True


def load_lightgbm() -> None:
    """Load LightGBM, alone where that was said; to be called before the first import of it."""
    if not _own_process or "lightgbm" in sys.modules:
        return
    held_back = [name for name in NOT_NEEDED if name not in sys.modules]
    # None in sys.modules is Python's way to say: not installed.
    sys.modules.update(dict.fromkeys(held_back))  # pyright: ignore[reportArgumentType, reportCallIssue]
    try:
        import lightgbm  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport] - kept by Python
    finally:
        for name in held_back:
            del sys.modules[name]
