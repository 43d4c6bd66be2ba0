"""A table of a notebook, as text and as HTML."""

import pytest

from garant.reports.shown import ShownPicture, ShownTable


@pytest.fixture
def table() -> ShownTable:
    return ShownTable(("Table", "Rows"), (("bureau", "1,200"), ("application", "30")), ("Two tables.",))


def test_as_text_it_has_columns_numbers_to_the_right_and_its_notes(table: ShownTable) -> None:
    assert repr(table).splitlines() == [
        "Table         Rows",
        "bureau       1,200",
        "application     30",
        "Two tables.",
    ]


def test_as_html_it_holds_the_same_cells(table: ShownTable) -> None:
    html = table._repr_html_()
    assert html.count("<tr>") == 3
    assert '<td style="text-align:right">1,200</td>' in html
    assert html.endswith("<p>Two tables.</p>")


def test_what_data_say_stays_text() -> None:
    html = ShownTable(("<b>",), (("<script>alert(1)</script>",),), ("a < b",))._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "a &lt; b" in html


def test_a_table_without_rows_is_its_header() -> None:
    assert repr(ShownTable(("File", "Bytes"), ())) == "File  Bytes"


def test_a_picture_is_its_place_where_no_picture_can_be_shown() -> None:
    picture = ShownPicture("runs/scree.svg", "<svg/>")
    assert repr(picture) == "runs/scree.svg"
    assert picture._repr_svg_() == "<svg/>"
