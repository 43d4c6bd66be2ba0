"""Delimited text in blocks of whole rows, each row with its physical line, nothing lost and nothing guessed.

The rows of a block are counted by `framing` and cut into cells by Arrow. In a plain block (no quote, every line a row)
the count of line ends must equal the rows that Arrow returns; where it does not, and in every other block, each row is
framed, its cells are counted, and only rows with the right number reach Arrow.
"""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from garant.exceptions import ReconciliationError
from garant.tables.categories import LEVELS
from garant.tables.cells import NULL_WORDS
from garant.tables.chunk import Chunk, LostRow
from garant.tables.columns import Kind, TableSchema
from garant.tables.config import ReadOptions
from garant.tables.encodings import refuse_bytes
from garant.tables.framing import Frame, count_fields, count_line_ends, frame_rows, is_plain
from garant.tables.header import ColumnMatch
from garant.tables.rules import Code, refuse
from garant.tables.source_file import SourceFile
from garant.tables.stream import TextBytes, open_text

_HEADER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Header:
    """Header of a delimited file: its names, and where the rows after it begin."""

    names: tuple[str, ...]
    n_bytes: int
    n_lines: int


@dataclass(frozen=True, slots=True)
class Block:
    """Whole rows of a file.

    Parameters
    ----------
    data : bytes
        UTF-8 text that starts at the beginning of a row.
    first_line : int
        Physical line of its first byte.
    n_lines : int
        Physical lines that it holds.
    frame : Frame or None
        Its rows, or None when each line is a row.
    final : bool
        Whether the file ends here.
    done : int
        Bytes of the file read so far.
    """

    data: bytes
    first_line: int
    n_lines: int
    frame: Frame | None
    final: bool
    done: int


def read_header(file: SourceFile, options: ReadOptions) -> Header:
    """Read the header of `file`: its first line that is not blank.

    Raises
    ------
    TableError
        When the file is no text, or is too long to be a header.
    """
    with open_text(file, options) as text:
        data = text.read(_HEADER_BYTES)
        frame = _frame(data, 1, file, options, final=text.finished)
        if not len(frame.starts):
            refuse("empty_file" if text.finished else "long_row", file.name, line=1, limit=_HEADER_BYTES)
        line = data[frame.starts[0] : frame.ends[0]]
    _check_utf8(line, int(frame.lines[0]), file)
    try:
        names = next(csv.reader(io.StringIO(line.decode(), newline=""), delimiter=options.delimiter))
    except csv.Error as error:
        refuse("long_row", file.name, cause=error, line=int(frame.lines[0]), limit=csv.field_size_limit())
    n_bytes = int(frame.starts[1]) if len(frame.starts) > 1 else frame.consumed
    n_lines = int(frame.lines[1]) - 1 if len(frame.starts) > 1 else frame.n_lines
    return Header(tuple(names), n_bytes, n_lines)


@contextmanager
def open_blocks(
    file: SourceFile, options: ReadOptions, header: Header, *, size: int
) -> Generator[tuple[TextBytes, Iterator[Block]]]:
    """Open `file` after its header as blocks of whole rows, together with its bytes (for their digest)."""
    with open_text(file, options) as text:
        yield text, _blocks(text, file, options, header, size)


def _blocks(text: TextBytes, file: SourceFile, options: ReadOptions, header: Header, size: int) -> Iterator[Block]:
    tail = text.read(max(_HEADER_BYTES, header.n_bytes))[header.n_bytes :]
    line = header.n_lines + 1
    while True:
        final = text.finished
        block = _cut(tail, line, file, options, final=final, done=text.n_bytes)
        if block.data:
            yield block
        if final:
            return
        tail, line = tail[len(block.data) :], line + block.n_lines
        if len(tail) > size:
            refuse("long_row", file.name, line=line, limit=size)
        tail += text.read(size)


def _cut(data: bytes, line: int, file: SourceFile, options: ReadOptions, *, final: bool, done: int) -> Block:
    """Cut the whole rows off the beginning of `data`."""
    if is_plain(data):
        end = len(data) if final else data.rfind(b"\n") + 1
        whole = data[:end]
        n_lines = whole.count(b"\n") + (final and not whole.endswith(b"\n") and bool(whole))
        return Block(whole, line, n_lines, None, final, done)
    frame = _frame(data, line, file, options, final=final)
    return Block(data[: frame.consumed], line, frame.n_lines, frame, final, done)


def count_rows(block: Block, file: SourceFile, options: ReadOptions) -> int:
    """Rows of `block` as `read_block` counts them, without cutting them into cells."""
    if block.frame is not None:
        return len(block.frame.starts)
    data = block.data
    if data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data:
        return len(_frame(data, block.first_line, file, options, final=block.final).starts)
    return block.n_lines


def read_block(block: Block, file: SourceFile, options: ReadOptions, schema: TableSchema, match: ColumnMatch) -> Chunk:
    """Cut the rows of `block` into cells.

    Raises
    ------
    TableError
        Bytes that are not UTF-8, a row that a quote stretches over several lines, a last row that was cut off.
    ReconciliationError
        When Arrow finds another number of rows than `framing`.
    """
    _check_utf8(block.data, block.first_line, file)
    cells = _parse(block.data, options, schema, match)
    frame = block.frame
    if frame is None and _n_rows(cells) == block.n_lines:
        lines = np.arange(block.first_line, block.first_line + block.n_lines, dtype=np.int64)
        return Chunk(cells, lines, _RawRows(block, file, options), (), block.n_lines, block.done)
    frame = frame or _frame(block.data, block.first_line, file, options, final=block.final)
    _refuse_swallowed(block.data, frame, match, file, options)
    rows = _RawRows(block, file, options, frame)
    if not frame.broken and _n_rows(cells) == len(frame.starts):
        return Chunk(cells, frame.lines, rows, (), len(frame.starts), block.done)
    return _without_lost_rows(block, frame, rows, file, options, schema, match)


def _without_lost_rows(
    block: Block,
    frame: Frame,
    rows: "_RawRows",
    file: SourceFile,
    options: ReadOptions,
    schema: TableSchema,
    match: ColumnMatch,
) -> Chunk:
    """Cut the rows that have the right number of cells; the others are lost rows of the chunk."""
    fields = count_fields(block.data, frame, options.delimiter)
    codes = dict.fromkeys(np.flatnonzero(fields != match.n_columns).tolist(), Code.FIELDS) | frame.broken
    _refuse_stretched(codes, frame, file)
    _refuse_cut(block, frame, fields, match, file)
    good = np.ones(len(frame.starts), bool)
    good[list(codes)] = False
    cells = _parse(_joined(block.data, frame, good), options, schema, match)
    n_good = int(good.sum())
    if _n_rows(cells) != n_good:
        message = f"{file.name}, from line {block.first_line}: {n_good} rows were counted, {_n_rows(cells)} were read."
        raise ReconciliationError(message)
    bad = np.flatnonzero(~good)
    lines, texts = frame.lines[bad].tolist(), rows(bad)
    lost = tuple(LostRow(line, codes[row], text) for row, line, text in zip(bad.tolist(), lines, texts, strict=True))
    kept = np.flatnonzero(good)
    return Chunk(cells, frame.lines[good], lambda some: rows(kept[some]), lost, len(good), block.done)


class _RawRows:
    """Raw text of the rows of a block; a plain block is framed only when somebody asks."""

    def __init__(self, block: Block, file: SourceFile, options: ReadOptions, frame: Frame | None = None) -> None:
        self._block, self._file, self._options, self._frame = block, file, options, frame

    def __call__(self, rows: npt.NDArray[np.int64]) -> list[str]:
        block = self._block
        if self._frame is None:
            self._frame = _frame(block.data, block.first_line, self._file, self._options, final=block.final)
        places = zip(self._frame.starts[rows].tolist(), self._frame.ends[rows].tolist(), strict=True)
        return [block.data[start:end].decode() for start, end in places]


def _parse(data: bytes, options: ReadOptions, schema: TableSchema, match: ColumnMatch) -> dict[str, pa.Array]:
    """Cells of `data`, by our names; rows with a wrong number of cells are left out."""
    kinds = {column: schema[column].kind for column in match.positions}
    types = {str(match.positions[c]): LEVELS if kind is Kind.CATEGORY else pa.string() for c, kind in kinds.items()}
    if not data:
        return {column: pa.array([], types[str(position)]) for column, position in match.positions.items()}
    table = pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=len(data) + 1, column_names=[str(n) for n in range(match.n_columns)]
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=options.delimiter, newlines_in_values=b'"' in data, invalid_row_handler=lambda _: "skip"
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=list(NULL_WORDS),
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    return {column: table.column(str(place)).combine_chunks() for column, place in match.positions.items()}


def _joined(data: bytes, frame: Frame, good: npt.NDArray[np.bool_]) -> bytes:
    """Text of the good rows; neighbours stay together, so that the work is counted in broken rows."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return b"\n".join(data[frame.starts[a] : frame.ends[b - 1]] for a, b in edges.reshape(-1, 2).tolist())


def _n_rows(cells: dict[str, pa.Array]) -> int:
    return len(next(iter(cells.values())))


def _frame(data: bytes, line: int, file: SourceFile, options: ReadOptions, *, final: bool) -> Frame:
    return frame_rows(data, first_line=line, delimiter=options.delimiter, final=final, where=file.name)


def _refuse_swallowed(data: bytes, frame: Frame, match: ColumnMatch, file: SourceFile, options: ReadOptions) -> None:
    """Refuse a cell that holds whole rows: a quote mark that nobody meant was closed by another one further down.

    Text may hold line ends and delimiters, but not as many delimiters as the lines it spans would have as rows.
    """
    tall = np.flatnonzero(frame.heights > 1)
    if not len(tall) or match.n_columns < 3:  # noqa: PLR2004 - with two columns one comma in a text would do
        return
    marks = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(options.delimiter))
    n_marks = np.searchsorted(marks, frame.ends[tall]) - np.searchsorted(marks, frame.starts[tall])
    for row in tall[n_marks >= (match.n_columns - 1) * frame.heights[tall]].tolist():
        refuse("open_quote", file.name, line=int(frame.lines[row]))


def _refuse_stretched(codes: dict[int, Code], frame: Frame, file: SourceFile) -> None:
    """Refuse a row of several lines that cannot be cut into cells: a stray quote may have swallowed whole rows."""
    for row, code in sorted(codes.items()):
        if code is not Code.NUL and frame.heights[row] > 1:
            refuse("open_quote", file.name, line=int(frame.lines[row]))


def _refuse_cut(
    block: Block, frame: Frame, fields: npt.NDArray[np.int64], match: ColumnMatch, file: SourceFile
) -> None:
    """Refuse a file whose last row is short and has no line end."""
    if block.final and len(fields) and frame.ends[-1] == len(block.data) and fields[-1] < match.n_columns:
        refuse("cut", file.name, line=int(frame.lines[-1]), found=int(fields[-1]), expected=match.n_columns)


def _check_utf8(data: bytes, first_line: int, file: SourceFile) -> None:
    if data.isascii():
        return
    try:
        data.decode()
    except UnicodeDecodeError as error:
        refuse_bytes(data, error, file, line=first_line + count_line_ends(data[: error.start]))
