"""Why a file that somebody named cannot be read, in words instead of numbers of the system."""

from pathlib import Path


def unreadable(path: Path, error: Exception, *, kind: str) -> str:
    """Sentence about the file `path` whose reading ended with `error`.

    Parameters
    ----------
    path : Path
        File, as it was named.
    error : Exception
        An OSError, or what decoding or parsing it said.
    kind : str
        What it should be: ``"text"``, ``"TOML"``.
    """
    if isinstance(error, FileNotFoundError):
        return f"{path}: no such file."
    if isinstance(error, OSError):
        return f"{path}: cannot be read ({error.strerror or error})."
    return f"{path}: cannot be read as {kind} ({error})."
