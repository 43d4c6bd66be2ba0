"""The lender's customer number: carried with the applicant, never needed."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.tables.accepted import AcceptedTables

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]


def references(accepted: AcceptedTables) -> list[Any]:
    (part,) = accepted.files["application"]
    assert pq.read_schema(part).field("subject_ref").type == pa.string()
    return pq.read_table(part, columns=["subject_ref"]).column(0).to_pylist()


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("name", ["subject_ref", "Subject_Ref"])
def test_the_customer_number_is_kept_as_text_and_an_empty_one_is_the_id(
    accept: Accept, book: Book, suffix: str, name: str
):
    for number, row in enumerate(book["application"]):
        row[name] = ("", "00123", "K-7")[number % 3]
    found = references(accept(book, suffix))
    assert found[:4] == ["100000", "00123", "K-7", "100003"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_without_the_column_it_is_the_id_and_no_warning_says_so(accept: Accept, book: Book, suffix: str):
    accepted = accept(book, suffix)
    assert references(accepted) == [str(100_000 + client) for client in range(30)]
    assert not any("subject_ref" in warning.en for warning in accepted.report.warnings)
    assert "subject_ref" not in accepted.report.absent["application"]


def test_its_spaces_go_and_two_applicants_may_share_it(accept: Accept, book: Book):
    for row in book["application"]:
        row["subject_ref"] = " K-7 "
    assert references(accept(book)) == ["K-7"] * 30
