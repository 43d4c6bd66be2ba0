"""Where the rows of a delimited text begin and end, found without the parser that reads their cells.

A row ends at a line end outside quotes. Line ends are LF, CRLF or CR; a quote opens a cell only at its start, and a
doubled quote inside it is a quote. Positions are found by numpy on the whole block; only rows whose quotes are wrong
are looked at one by one.
"""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.tables.rules import Code, refuse

Positions = npt.NDArray[np.int64]

QUOTE, LF, CR, NUL = b'"'[0], b"\n"[0], b"\r"[0], 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of a block; blank lines are none.

    Parameters
    ----------
    starts, ends : int64 array of shape (n,)
        First byte of each row, and the byte after its last one (its line end excluded).
    lines : int64 array of shape (n,)
        Physical line at which each row starts.
    heights : int64 array of shape (n,)
        Physical lines that each row spans.
    quotes : int64 array
        Positions of the quotes that open and close cells, in turn.
    broken : dict of int to Code
        Rows that cannot be cut into cells.
    consumed : int
        Bytes that were framed; what follows is the beginning of a row.
    n_lines : int
        Physical lines that were framed.
    """

    starts: Positions
    ends: Positions
    lines: Positions
    heights: Positions
    quotes: Positions
    broken: dict[int, Code]
    consumed: int
    n_lines: int


def is_plain(data: bytes) -> bool:
    """Whether each line of `data` is a row or blank: no quote, no NUL, no CR but before LF."""
    if b'"' in data or b"\0" in data:
        return False
    return b"\r" not in data or data.count(b"\r") == data.count(b"\r\n")


def frame_rows(data: bytes, *, first_line: int, delimiter: str, final: bool, where: str) -> Frame:
    """Find the rows of `data`, which starts at the beginning of a row.

    Parameters
    ----------
    data : bytes
        A block of the file.
    first_line : int
        Physical line of its first byte.
    delimiter : str
        Mark between two cells.
    final : bool
        Whether the file ends here; else an unfinished last row is left over.
    where : str
        Name of the file, for messages.

    Raises
    ------
    TableError
        A quote opens and is never closed, or closes in the middle of a later line.
    """
    view = np.frombuffer(data, np.uint8)
    line_ends = _line_ends(data, view, final=final)
    quotes, stray = _cell_quotes(view, line_ends, delimiter, first_line=first_line, final=final, where=where)
    row_ends = line_ends[np.searchsorted(quotes, line_ends) % 2 == 0]
    if final and len(quotes) % 2:
        opened = _opening(quotes, len(quotes), 0)
        refuse("open_quote", where, line=_line_at(line_ends, int(quotes[opened]), first_line))
    if final and len(data) and (not len(row_ends) or row_ends[-1] != len(data) - 1):
        row_ends = np.append(row_ends, len(data))
    starts = np.concatenate([np.zeros(1, np.int64), row_ends + 1])[: len(row_ends)]
    n_before = np.searchsorted(line_ends, starts)
    n_inside = np.searchsorted(line_ends, row_ends) - n_before
    ends = row_ends - (_bytes_at(view, row_ends, beyond=0) == LF) * (_bytes_at(view, row_ends - 1, beyond=0) == CR)
    ends = np.maximum(ends, starts)
    kept = ends > starts
    consumed = min(int(row_ends[-1]) + 1, len(data)) if len(row_ends) else 0
    frame = Frame(
        starts=starts[kept],
        ends=ends[kept],
        lines=first_line + n_before[kept],
        heights=n_inside[kept] + 1,
        quotes=quotes,
        broken={},
        consumed=consumed,
        n_lines=int(np.searchsorted(line_ends, consumed)),
    )
    _mark(frame, stray, Code.QUOTE)
    if b"\0" in data:
        _mark(frame, np.flatnonzero(view == NUL), Code.NUL)
    return frame


def count_fields(data: bytes, frame: Frame, delimiter: str) -> Positions:
    """Cells of each row of `frame`."""
    marks = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(delimiter))
    marks = marks[np.searchsorted(frame.quotes, marks) % 2 == 0]
    return np.searchsorted(marks, frame.ends) - np.searchsorted(marks, frame.starts) + 1


def count_line_ends(data: bytes) -> int:
    """Line ends of any kind in `data`, which does not begin or end between CR and LF."""
    return data.count(b"\n") + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)


def _line_ends(data: bytes, view: npt.NDArray[np.uint8], *, final: bool) -> Positions:
    """Last byte of each line end; a CR at the end of an unfinished block may still become CRLF."""
    feeds = np.flatnonzero(view == LF)
    if b"\r" not in data:
        return feeds
    returns = np.flatnonzero(view == CR)
    followed = _bytes_at(view, returns + 1, beyond=0 if final else LF)
    alone = returns[followed != LF]
    return np.sort(np.concatenate([feeds, alone])) if len(alone) else feeds


def _bytes_at(view: npt.NDArray[np.uint8], positions: Positions, *, beyond: int) -> npt.NDArray[np.uint8]:
    """Bytes at `positions`; `beyond` before the first and after the last one."""
    outside = (positions < 0) | (positions >= len(view))
    return np.where(outside, np.uint8(beyond), view[np.where(outside, 0, positions)]).astype(np.uint8)


def _cell_quotes(
    view: npt.NDArray[np.uint8], line_ends: Positions, delimiter: str, *, first_line: int, final: bool, where: str
) -> tuple[Positions, Positions]:
    """Quotes that open and close cells in turn, and one stray quote for each row that has any."""
    quotes = np.flatnonzero(view == QUOTE)
    if not len(quotes):
        return quotes, quotes
    border = np.zeros(256, bool)
    border[[ord(delimiter), LF, CR]] = True
    before = _bytes_at(view, quotes - 1, beyond=LF)
    after = _bytes_at(view, quotes + 1, beyond=LF if final else QUOTE)
    # A quote beside another one is half of a doubled quote, whichever way the pair is read.
    cannot_open = np.flatnonzero(~border[before] & (before != QUOTE))
    cannot_close = np.flatnonzero(~border[after] & (after != QUOTE))
    wrong = [
        np.sort(
            np.concatenate([cannot_open[cannot_open % 2 == parity], cannot_close[cannot_close % 2 != parity]])
        ).tolist()
        for parity in (0, 1)
    ]
    keep = np.ones(len(quotes), bool)
    stray: list[int] = []
    first = 0
    while True:
        candidates = wrong[first % 2]
        found = bisect_left(candidates, first)
        if found == len(candidates):
            break
        index = candidates[found]
        opened = _opening(quotes, index, first) if (index - first) % 2 else index
        row_end = np.searchsorted(line_ends, quotes[index])
        if row_end != np.searchsorted(line_ends, quotes[opened]):
            refuse("open_quote", where, line=_line_at(line_ends, int(quotes[opened]), first_line))
        stray.append(int(quotes[index]))
        if row_end == len(line_ends):
            # The rest of the block belongs to this row; in an unfinished block it is read again with what follows.
            keep[opened:] = False
            break
        first = int(np.searchsorted(quotes, line_ends[row_end]))
        keep[opened:first] = False
    return quotes[keep], np.array(stray, np.int64)


def _opening(quotes: Positions, closing: int, first: int) -> int:
    """Index of the quote that opened the cell which the quote `closing` would close."""
    opening = closing - 1
    while opening - 2 >= first and quotes[opening] == quotes[opening - 1] + 1:
        opening -= 2
    return opening


def _line_at(line_ends: Positions, position: int, first_line: int) -> int:
    return first_line + int(np.searchsorted(line_ends, position))


def _mark(frame: Frame, positions: Positions, code: Code) -> None:
    """Mark the rows that hold `positions` as broken."""
    rows = np.searchsorted(frame.starts, positions, side="right") - 1
    for row in np.unique(rows[positions < frame.consumed]).tolist():
        frame.broken.setdefault(row, code)
