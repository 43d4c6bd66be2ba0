"""Rows are found without the parser, and agree with an independent one."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import TableError
from garant.tables.framing import Frame, count_fields, frame_rows, is_plain
from garant.tables.rules import Code


def framed(text: str, *, final: bool = True, first_line: int = 1) -> Frame:
    return frame_rows(text.encode(), first_line=first_line, delimiter=",", final=final, where="f.csv")


def texts(text: str, frame: Frame) -> list[str]:
    return [text.encode()[a:b].decode() for a, b in zip(frame.starts, frame.ends, strict=True)]


CELLS = st.text(alphabet='ab",\n\r é', max_size=6)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A well-formed file with quoted line breaks, blank lines and one kind of line end per row."""
    rows = draw(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=6))
    text = ""
    for row in rows:
        stream = io.StringIO()
        csv.writer(
            stream, lineterminator="", quoting=csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL
        ).writerow(row)
        text += stream.getvalue() + draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"]))
    if rows and draw(st.booleans()):
        text = text.rstrip("\r\n")
    return text, rows


@given(written())
def test_rows_cells_and_lines_agree_with_the_csv_module(file: tuple[str, list[list[str]]]):
    text, _ = file
    reader = csv.reader(io.StringIO(text, newline=""))
    expected: list[tuple[int, int, int]] = []
    before = 0
    for row in reader:
        if row:
            expected.append((before + 1, reader.line_num - before, len(row)))
        before = reader.line_num
    frame = framed(text)
    fields = count_fields(text.encode(), frame, ",")
    assert list(zip(frame.lines.tolist(), frame.heights.tolist(), fields.tolist(), strict=True)) == expected
    assert not frame.broken
    assert frame.consumed == len(text.encode())


@given(written(), st.integers(0, 60))
def test_a_block_boundary_changes_nothing(file: tuple[str, list[list[str]]], cut: int):
    text = file[0]
    data = text.encode()
    whole = framed(text)
    first = frame_rows(data[:cut], first_line=1, delimiter=",", final=False, where="f.csv")
    rest = frame_rows(data[first.consumed :], first_line=1 + first.n_lines, delimiter=",", final=True, where="f.csv")
    assert [*first.starts, *(rest.starts + first.consumed)] == whole.starts.tolist()
    assert [*first.ends, *(rest.ends + first.consumed)] == whole.ends.tolist()
    assert [*first.lines, *rest.lines] == whole.lines.tolist()


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ('a,5" pipe\nb,c\n', {0: Code.QUOTE}),
        ('a,"b"c\nb,c\n', {0: Code.QUOTE}),
        ('x,y\na,"he said "hi""\nb,"c,d"\n', {1: Code.QUOTE}),
        ('"a\nb",5" pipe\nb,c\n', {0: Code.QUOTE}),
        ('a,b"\n"c","d"\ne"f,g\n"h",i\n', {0: Code.QUOTE, 2: Code.QUOTE}),
        ("a,b\0c\nd,e\n", {0: Code.NUL}),
        ('a,"b""c"\n"""d""",""\n', {}),
    ],
)
def test_a_quote_out_of_place_breaks_its_own_row_only(text: str, broken: dict[int, Code]):
    frame = framed(text)
    assert frame.broken == broken
    assert len(frame.starts) == len([line for line in text.replace('"a\nb"', "ab").split("\n") if line])


def test_the_rows_around_a_stray_quote_are_whole():
    text = 'a,"b\nb"\nc,5" pipe\nd,"e"\n'
    frame = framed(text)
    assert texts(text, frame) == ['a,"b\nb"', 'c,5" pipe', 'd,"e"']
    assert frame.lines.tolist() == [1, 3, 4]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\nc,"d\ne,f\n', 2),
        ('a,b\nc,"d""\ne,f\n', 2),
        ('a,b\nc,"d\ne,f\ng,"h"\n', 2),
        ('a,b\n"c\nd"e,f\n', 2),
    ],
)
def test_an_open_quote_names_the_line_where_it_opens(text: str, line: int):
    with pytest.raises(TableError, match=rf"f\.csv: line {line}: a quote mark opens a cell here") as caught:
        framed(text)
    assert caught.value.rule == "file.open_quote"


def test_an_unfinished_block_keeps_its_last_row_for_later():
    frame = framed('a,b\nc,"d\ne', final=False)
    assert (len(frame.starts), frame.consumed, frame.n_lines) == (1, 4, 1)


def test_a_carriage_return_at_the_end_of_a_block_waits_for_its_line_feed():
    frame = framed("a,b\nc,d\r", final=False)
    assert len(frame.starts) == 1
    assert framed("a,b\nc,d\r").ends.tolist() == [3, 7]


@pytest.mark.parametrize(
    ("data", "plain"),
    [(b"a,b\nc,d\n", True), (b"a,b\r\nc,d\r\n", True), (b"a\rb\n", False), (b'"a"\n', False), (b"a\0\n", False)],
)
def test_a_plain_block_has_one_row_per_line(data: bytes, plain: bool):  # noqa: FBT001 - a parameter of the case
    assert is_plain(data) is plain


def test_thousands_of_stray_quotes_are_found_in_one_pass():
    text = 'a,5" pipe\n' * 20_000
    frame = framed(text)
    assert len(frame.broken) == 20_000
    assert np.array_equal(frame.lines, np.arange(1, 20_001))
