"""A file that names clients: one ``SK_ID_CURR`` per line."""

from pathlib import Path

from garant.exceptions import UsageError
from garant.storage.unreadable import unreadable

HEADER = "SK_ID_CURR"


def read_client_list(path: Path) -> tuple[int, ...]:
    """Ids of the text file `path`, each once, in ascending order.

    A first line ``SK_ID_CURR`` and empty lines are passed over.

    Raises
    ------
    UsageError
        When the file cannot be read, a line is no id, or there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{unreadable(path, error, kind='UTF-8 text')} Write one {HEADER} per line.") from error
    found: set[int] = set()
    for number, line in enumerate(lines, start=1):
        cell = line.strip()
        if not cell or (number == 1 and cell == HEADER):
            continue
        # isdigit alone takes digits of other scripts and superscripts.
        if not (cell.isascii() and cell.isdigit()):
            raise UsageError(f"{path}, line {number}: {cell[:40]!r} is no {HEADER}. Write one whole number per line.")
        found.add(int(cell))
    if not found:
        raise UsageError(f"{path}: names no client. Write one {HEADER} per line.")
    return tuple(sorted(found))
