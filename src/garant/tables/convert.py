"""Raw cells to the types of the accepted tables, whole columns at a time.

`garant.tables.cells` defines what a cell means; here the same is done by Arrow on a whole column. Where the bytes of a
column leave a doubt (a letter, an exponent, more digits than a float64 holds apart), the plain cells are taken by
Arrow and only the others are looked at one by one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.categories import LEVELS, Noticed, read_levels, unknown
from garant.tables.cells import Cell, read_cell
from garant.tables.columns import THOUSANDTHS, Column, Kind
from garant.tables.limits import beyond
from garant.tables.rules import Code

_GROUP_MARKS = {" ": r"[ \x{a0}\x{202f}]", ".": r"\.", ",": ",", "'": r"['\x{2019}]"}
"""What stands between groups of digits: a space may be a no-break or a narrow one, an apostrophe a typographic one."""

_EXACT_CHARACTERS = 16
"""Two decimal numbers of at most 15 digits are never the same float64; sign or point take the 16th character."""

_EXACT_THOUSANDTHS = 1e15
"""Below it the nearest thousandth of a float64 is found exactly by multiplying and rounding."""

_PLAIN = {
    Kind.ID: r"^[1-9][0-9]{0,17}$",
    Kind.MONEY: r"^-?[0-9]{1,11}(\.[0-9]{1,3})?$",
    Kind.RATE: r"^-?[0-9]{1,15}(\.[0-9]{1,30})?$",
    Kind.DATE: r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
}
_PLAIN_WHOLE = r"^-?[0-9]{1,13}(\.0)?$"


_NOTHING = Noticed()


@dataclass(frozen=True, slots=True)
class Converted:
    """A column in its accepted type.

    Parameters
    ----------
    values : Arrow array of shape (n,)
        Values; NULL where a cell is empty, a sentinel, or broken. Categories are a dictionary array.
    flag : int64 Arrow array of shape (n,), or None
        1 where the sentinel stood, for a column that keeps it.
    broken : dict of int to Code
        Cells that break a rule.
    noticed : Noticed
        What deserves a warning.
    """

    values: pa.Array
    flag: pa.Array | None
    broken: dict[int, Code]
    noticed: Noticed = _NOTHING


class DoubtError(Exception):
    """A column that cannot be converted as a whole; its cells are looked at instead."""


def convert_text(cells: pa.Array, column: Column, *, decimal: str = ".", thousands: str = "") -> Converted:
    """Convert the raw text `cells` of `column`.

    Parameters
    ----------
    cells : string Arrow array of shape (n,)
        Raw cells, NULL where one is a word for "no value"; for a category also a dictionary array of strings.
    column : Column
        Decides the type.
    decimal : {".", ","}
        Decimal mark of numbers.
    thousands : {"", " ", ".", ",", "'"}
        Mark between groups of three digits; none by default.
    """
    if column.kind is Kind.CATEGORY:
        values, noticed = read_levels(cells, column)
        return finish(values, column, {}, noticed)
    if thousands and column.kind is not Kind.DATE:
        cells = _without_thousands(cells, thousands, decimal)
    if decimal == "," and column.kind is not Kind.DATE:
        cells = _with_point(cells)
    broken: dict[int, Code] = {}
    try:
        values = _whole_column(cells, column.kind)
    except DoubtError:
        values, broken = _cell_by_cell(cells, column.kind)
    return finish(values, column, broken)


def no_cells(column: Column, n: int) -> Converted:
    """`n` NULLs for a column that the file does not have."""
    values = pa.nulls(n, LEVELS if column.kind is Kind.CATEGORY else column.kind.arrow)
    return Converted(values, _zeros(n) if column.sentinel_flag else None, {})


def finish(values: pa.Array, column: Column, broken: dict[int, Code], noticed: Noticed = _NOTHING) -> Converted:
    """Apply what holds for every source to `values` of the accepted type: sentinels, empty cells, limits, levels.

    Cells in `broken` must be NULL in `values`.
    """
    flag = _zeros(len(values)) if column.sentinel_flag else None
    if column.sentinels and column.kind is not Kind.CATEGORY:
        hit = pc.is_in(values, value_set=pa.array([int(word) for word in column.sentinels], values.type))
        if pc.any(hit).as_py():
            flag = pc.cast(hit, pa.int64()) if column.sentinel_flag else None
            values = pc.if_else(hit, pa.scalar(None, values.type), values)
    if not column.nullable and values.null_count > len(broken):
        for row in np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False)).tolist():
            broken.setdefault(row, Code.EMPTY)
    for row, code in beyond(values, column):
        broken.setdefault(row, code)
    if column.closed and noticed.new:
        is_unknown = unknown(values.dictionary, column).take(values.indices)
        for row in np.flatnonzero(pc.fill_null(is_unknown, fill_value=False).to_numpy(zero_copy_only=False)).tolist():
            broken.setdefault(row, Code.LEVEL)
        noticed = Noticed(noticed.stripped)
    return Converted(values, flag, broken, noticed)


def _with_point(text: pa.Array) -> pa.Array:
    """Decimal commas as points; what was a point becomes a letter, so that 1.234 is not read as a fraction."""
    return pc.replace_substring(pc.replace_substring(text, ".", "_"), ",", ".")


def _without_thousands(text: pa.Array, mark: str, decimal: str) -> pa.Array:
    """Numbers in correct groups of three digits without the marks between them; any other cell as it is."""
    mark, decimal = _GROUP_MARKS[mark], re.escape(decimal)
    if not pc.any(pc.match_substring_regex(text, mark)).as_py():
        return text
    grouped = pc.match_substring_regex(text, rf"^\s*[-+]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{decimal}[0-9]*)?\s*$")
    return pc.if_else(grouped, pc.replace_substring_regex(text, mark, ""), text)


def _whole_column(text: pa.Array, kind: Kind) -> pa.Array:
    """Convert all cells by Arrow; raise DoubtError where that could differ from `read_cell`."""
    try:
        return _VECTORS.get(kind, _vector_whole)(text)
    except pa.ArrowInvalid as error:
        raise DoubtError from error


def _cell_by_cell(text: pa.Array, kind: Kind) -> tuple[pa.Array, dict[int, Code]]:
    """Convert plain cells by Arrow and the others by `read_cell`."""
    plain = pc.fill_null(pc.match_substring_regex(text, _PLAIN.get(kind, _PLAIN_WHOLE)), fill_value=True)
    is_plain = plain.to_numpy(zero_copy_only=False)
    others = np.flatnonzero(~is_plain)
    read, broken = read_distinct(text.take(pa.array(others)), kind, lambda cell: read_cell(cell, kind))
    values = _whole_column(text.filter(plain), kind)
    order = np.argsort(np.concatenate([np.flatnonzero(is_plain), others]))
    found = dict(zip(others[list(broken)].tolist(), broken.values(), strict=True)) if broken else {}
    return pa.concat_arrays([values, read]).take(pa.array(order)), found


def read_distinct(cells: pa.Array, kind: Kind, read: Callable[[Any], Cell | Code]) -> tuple[pa.Array, dict[int, Code]]:
    """Read each distinct one of `cells` by itself; NULL stays NULL."""
    coded = cells.dictionary_encode()
    found = [read(cell) for cell in coded.dictionary.to_pylist()]
    wrong = np.array([isinstance(value, Code) for value in found], np.bool_)
    values = pa.array([None if isinstance(value, Code) else value for value in found], kind.arrow).take(coded.indices)
    if not wrong.any():
        return values, {}
    codes = coded.indices.fill_null(-1).to_numpy()
    rows = np.flatnonzero(np.append(wrong, [False])[codes])
    return values, {
        row: value
        for row, code in zip(rows.tolist(), codes[rows].tolist(), strict=True)
        if isinstance(value := found[code], Code)
    }


def _characters(text: pa.Array) -> npt.NDArray[np.uint8]:
    """Bytes of all cells together."""
    _, offsets, data = text.buffers()
    if data is None or not len(text):
        return np.zeros(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    return np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]


def _is_digits(characters: npt.NDArray[np.uint8]) -> bool:
    """Only digits and minus signs (a digit minus 48, unsigned, is at most 9)."""
    return bool((((characters - np.uint8(48)) <= 9) | (characters == 45)).all())  # noqa: PLR2004 - see the docstring


def _decimals(text: pa.Array, characters: npt.NDArray[np.uint8]) -> pa.Array:
    """Float64 of cells that are so short that no two of them share one; no exponent, no infinity."""
    longest = pc.max(pc.binary_length(text)).as_py()
    if longest is not None and longest > _EXACT_CHARACTERS:
        raise DoubtError
    if ((characters | np.uint8(0x20)) == ord("e")).any():
        raise DoubtError
    return _finite(pc.cast(text, pa.float64()))


def _finite(numbers: pa.Array) -> pa.Array:
    if not pc.all(pc.is_finite(numbers)).as_py() and numbers.null_count < len(numbers):
        raise DoubtError
    return numbers


def _vector_whole(text: pa.Array) -> pa.Array:
    characters = _characters(text)
    if _is_digits(characters):
        return pc.cast(text, pa.int64())
    return pc.cast(_decimals(text, characters), pa.int64())


def _vector_id(text: pa.Array) -> pa.Array:
    if not _is_digits(_characters(text)):
        # Tools that know no missing integers write 100007.0.
        text = pc.replace_substring_regex(text, r"^([1-9][0-9]*)\.0*$", r"\1")
    if not _is_digits(_characters(text)) or _any_starts_with_zero(text):
        raise DoubtError
    return pc.cast(text, pa.int64())


def _any_starts_with_zero(text: pa.Array) -> bool:
    return bool(pc.any(pc.starts_with(text, "0")).as_py())


def _vector_money(text: pa.Array) -> pa.Array:
    characters = _characters(text)
    if _is_digits(characters):
        return pc.multiply_checked(pc.cast(text, pa.int64()), THOUSANDTHS)
    return thousandths(_decimals(text, characters))


def thousandths(amounts: pa.Array) -> pa.Array:
    """Int64 thousandths of float64 `amounts`; DoubtError when one of them is not exactly a thousandth."""
    rounded = pc.round(pc.multiply(amounts, float(THOUSANDTHS)))
    exact = pc.and_(
        pc.equal(pc.divide(rounded, float(THOUSANDTHS)), amounts), pc.less(pc.abs(rounded), _EXACT_THOUSANDTHS)
    )
    if pc.all(exact).as_py() is False:
        raise DoubtError
    return pc.cast(rounded, pa.int64())


def _vector_rate(text: pa.Array) -> pa.Array:
    # Adding zero turns -0.0 into 0.0.
    return pc.add(_finite(pc.cast(text, pa.float64())), 0.0)


def _vector_date(text: pa.Array) -> pa.Array:
    return pc.cast(text, pa.date32())


def _zeros(n: int) -> pa.Array:
    return pa.array(np.zeros(n, np.int64))


_VECTORS: dict[Kind, Callable[[pa.Array], pa.Array]] = {
    Kind.ID: _vector_id,
    Kind.MONEY: _vector_money,
    Kind.RATE: _vector_rate,
    Kind.DATE: _vector_date,
}
