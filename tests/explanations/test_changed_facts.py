"""Raw facts before and after a what-if, as a reader of the language sees them."""

import pyarrow as pa
import pytest
from lenders.writing import as_arrow, complete

from garant.explanations.changed_facts import ChangedFact, changed_facts
from garant.explanations.moves.cells import with_application
from garant.tables.columns import Column, Kind
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

COLUMNS = {name: {column.name: column for column in table.columns} for name, table in TABLES.items()}


def changed(column: str, before: object, after: float | str) -> ChangedFact:
    """One corrected cell of an application, in English."""
    rows = {"application": as_arrow("application", [complete("application", {"SK_ID_CURR": 7, column: before})])}
    (fact,) = changed_facts(rows, with_application(rows, {column: after}), COLUMNS, Wording("en"))
    return fact


@pytest.mark.parametrize(
    ("column", "before", "after", "said"),
    [
        ("DAYS_EMPLOYED", -300, -2_000, ("300 days", "5.5 years")),
        ("EXT_SOURCE_1", 0.1234, 0.75, ("0.12", "0.75")),
        (
            "NAME_EDUCATION_TYPE",
            "Lower secondary",
            "Higher education",
            ("lower secondary education", "higher education"),
        ),
        ("AMT_INCOME_TOTAL", None, 90_000_000, ("not stated", "90,000")),
    ],
)
def test_a_fact_is_said_as_a_sentence_would_say_it(
    column: str, before: object, after: int | str, said: tuple[str, str]
):
    fact = changed(column, before, after)
    assert tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in (fact.before_text, fact.after_text)) == said
    assert fact.row == {}


def test_a_label_is_what_the_dictionary_says_up_to_its_first_clause():
    assert changed("EXT_SOURCE_1", 0.1, 0.2).label == "External score 1, brought onto a scale from 0 to 1"


def test_a_column_of_the_lenders_own_goes_by_its_name():
    rows = {"application": as_arrow("application", [complete("application", {"SK_ID_CURR": 7})])}
    field = pa.field("SAVINGS", pa.int64())
    before = {"application": rows["application"].append_column(field, pa.array([1_000], pa.int64()))}
    columns = {"application": {"SAVINGS": Column("SAVINGS", Kind.MONEY)}}
    (fact,) = changed_facts(before, with_application(before, {"SAVINGS": 2_000}), columns, Wording("en"))
    assert (fact.label, fact.before, fact.after) == ("SAVINGS", 1, 2)
