"""Records of one client: what is kept of a request, and that a file and a request of the same rows are one thing."""

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from garant.exceptions import InvariantError, RecordsError
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import RecordReader
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate
from tables.records.corpus import ACCEPTED, application, cases, credit, month, sound, text

READER = RecordReader(TABLES, TablesConfig())
CHARGES = TablesConfig.model_validate(
    {
        "money": {"charges": "Charges"},
        "extra": {"savings": {"type": "money", "text_fr": "Épargne", "text_en": "Savings"}},
    }
)
PLACE = ["source_file", "source_line"]

Rows = dict[int, dict[str, list[dict[str, Any]]]]


def codes(value: object, reader: RecordReader = READER) -> dict[str, str]:
    """Codes of what is wrong, by pointer."""
    with pytest.raises(RecordsError) as refused:
        reader.read(text(value))
    return {problem.pointer: problem.code for problem in refused.value.problems}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables of a small lender."""
    folder = tmp_path_factory.mktemp("lender") / "data"
    generate(folder, scale=0.0005, seed=11, file_format="parquet")
    return folder


@pytest.fixture(scope="module")
def accepted(lender: Path, tmp_path_factory: pytest.TempPathFactory) -> AcceptedTables:
    """What became of them."""
    data = find_sources(lender)
    assert isinstance(data, DataFolder)
    return accept_tables(data, tmp_path_factory.mktemp("accepted") / "out", purpose="score")


def by_client(tables: dict[str, list[dict[str, Any]]]) -> Rows:
    """Rows of each client, in their order."""
    owner = {row["SK_ID_BUREAU"]: row["SK_ID_CURR"] for row in tables["bureau"]}
    found: Rows = defaultdict(lambda: {name: [] for name in TABLES})
    for name, rows in tables.items():
        for row in rows:
            client = owner.get(row["SK_ID_BUREAU"]) if name == "bureau_balance" else row["SK_ID_CURR"]
            if client is not None:
                found[client][name].append(row)
    return found


def raw_tables(lender: Path) -> dict[str, list[dict[str, Any]]]:
    """Raw rows as a caller would send them, without the outcome."""
    data = find_sources(lender)
    assert isinstance(data, DataFolder)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, files in data.files.items():
        rows = [row for file in files for row in pq.read_table(file.path).to_pylist()]
        found[name] = [
            {key: None if isinstance(v, float) and math.isnan(v) else v for key, v in row.items() if key != "TARGET"}
            for row in rows
        ]
    return found


def without_place(table: pa.Table) -> list[dict[str, Any]]:
    """Rows of an accepted table, but for where they came from and the outcome."""
    return table.drop_columns([*PLACE, *({"TARGET"} & set(table.schema.names))]).to_pylist()


def test_a_client_sent_as_json_has_the_rows_that_accepting_the_files_gives(lender: Path, accepted: AcceptedTables):
    files = {
        name: pq.read_table([str(path) for path in accepted.files[name]], schema=TABLES[name].arrow).to_pylist()
        for name in TABLES
    }
    expected = by_client(files)
    compared = 0
    for client, sent in by_client(raw_tables(lender)).items():
        if not sent["application"]:
            continue
        records = READER.read(json.dumps({**sent, "application": sent["application"][0]}, default=str).encode())
        for name, table in records.tables().items():
            schema = TABLES[name].arrow
            assert without_place(table) == without_place(pa.Table.from_pylist(expected[client][name], schema)), name
            assert table.schema.equals(schema)
            compared += table.num_rows
    assert compared == sum(map(len, files.values()))


def test_a_client_of_accepted_tables_is_what_the_same_request_is(accepted: AcceptedTables):
    tables = {
        name: pq.read_table([str(path) for path in accepted.files[name]], schema=TABLES[name].arrow) for name in TABLES
    }
    for rows in list(by_client({name: table.to_pylist() for name, table in tables.items()}).values())[:20]:
        stored = {name: pa.Table.from_pylist(rows[name], TABLES[name].arrow) for name in TABLES}
        records = READER.of_accepted(stored)
        assert READER.read(records.raw) == records
        for name, table in records.tables().items():
            assert without_place(table) == without_place(stored[name])
        assert records.tables()["application"]["TARGET"].to_pylist() == [None]


def test_accepted_rows_of_two_applicants_are_no_records_of_one():
    one = READER.read(text(sound())).tables()
    with pytest.raises(InvariantError, match="2 applications"):
        READER.of_accepted({**one, "application": pa.concat_tables([one["application"]] * 2)})


def test_more_rows_than_a_request_may_have_are_read_from_accepted_tables():
    many = READER.of_value(sound(bureau=[credit(n) for n in range(1, 1_502)]), limited=False)
    again = READER.of_accepted(many.tables())
    assert again.rows["bureau"] == many.rows["bureau"]


def test_what_is_left_out_is_unknown_and_an_empty_list_is_not():
    records = READER.read(text({"application": application(), "bureau": []}))
    assert records.unknown == (
        "bureau_balance",
        "previous_application",
        "POS_CASH_balance",
        "installments_payments",
        "credit_card_balance",
    )
    assert set(records.rows) == set(TABLES)
    assert records.rows["bureau"] == records.rows["bureau_balance"] == ()
    assert {table.num_rows for table in records.tables().values()} == {0, 1}


def test_a_column_left_out_is_told_and_one_of_null_is_not():
    left_out = READER.read(text(sound())).absent
    assert "application.OWN_CAR_AGE" in left_out
    stated = READER.read(text(sound(application=application(OWN_CAR_AGE=None)))).absent
    assert set(left_out) - set(stated) == {"application.OWN_CAR_AGE"}
    assert not {"application.TARGET", "application.subject_ref", "application.APPLICATION_DATE"} & set(left_out)


def test_new_levels_are_told_by_column_never_by_value():
    sent = sound(application=application(NAME_INCOME_TYPE="Zauberer"), bureau=[credit(CREDIT_TYPE="Zauber")])
    assert READER.read(text(sent)).new_levels == ("application.NAME_INCOME_TYPE", "bureau.CREDIT_TYPE")


def test_identical_copies_keep_the_first_row_and_are_counted():
    sent = sound(bureau=[credit(1), credit(2), credit(1), credit(1, AMT_CREDIT_SUM=5_000.0)])
    records = READER.read(text(sent))
    assert [row[-1] for row in records.rows["bureau"]] == [1, 2]
    assert records.copies == {"bureau": 2}
    payment = {
        "SK_ID_PREV": 5,
        "NUM_INSTALMENT_NUMBER": 1,
        "DAYS_INSTALMENT": -30,
        "DAYS_ENTRY_PAYMENT": -30,
        "AMT_INSTALMENT": 10,
        "AMT_PAYMENT": 10,
    }
    paid_twice = READER.read(text(sound(installments_payments=[payment, payment])))
    assert len(paid_twice.rows["installments_payments"]) == 2


def test_every_problem_has_its_pointer():
    sent = sound(
        application=application(AMT_CREDIT=-1, TARGET=1, **{"a/b~c": 1, "Élodie": 2}),
        bureau=[credit(1), credit(2, DAYS_CREDIT="x"), credit(1, DAYS_CREDIT=-1), 4],
        bureau_balance=[month(1), month(9)],
    )
    assert codes({**sent, "leads": []}) == {
        "/application": "json.unknown_field",
        "/application/AMT_CREDIT": "application.AMT_CREDIT.negative",
        "/application/TARGET": "json.label",
        "/application/a~1b~0c": "json.unknown_field",
        "/bureau/1/DAYS_CREDIT": "bureau.DAYS_CREDIT.type",
        "/bureau/2/SK_ID_BUREAU": "bureau.SK_ID_BUREAU.conflict",
        "/bureau/3": "json.not_object",
        "/bureau_balance/1/SK_ID_BUREAU": "bureau_balance.SK_ID_BUREAU.orphan",
        "/leads": "json.unknown_table",
    }


def test_months_of_a_broken_credit_are_no_orphans():
    assert set(codes(sound(bureau=[credit(1, DAYS_CREDIT="x")], bureau_balance=[month(1)]))) == {
        "/bureau/0/DAYS_CREDIT"
    }


def test_children_of_a_broken_application_are_not_blamed_for_it():
    sent = sound(application=application(AMT_CREDIT=-1), bureau=[credit(SK_ID_CURR=100_001), credit(2)])
    assert set(codes(sent)) == {"/application/AMT_CREDIT"}
    sent = sound(application=application(SK_ID_CURR=100_001.0, AMT_CREDIT=-1), bureau=[credit(SK_ID_CURR=100_001)])
    assert set(codes(sent)) == {"/application/AMT_CREDIT"}
    nobody = sound(application=application(SK_ID_CURR="x"), bureau=[credit(SK_ID_CURR=100_001), credit(2)])
    assert set(codes(nobody)) == {"/application/SK_ID_CURR"}


def test_a_table_that_the_model_was_trained_without_is_refused():
    reader = RecordReader(("application", "bureau"), TablesConfig())
    assert codes(sound(), reader)["/POS_CASH_balance"] == "json.unused_table"
    assert reader.read(text({"application": application(), "bureau": []})).unknown == ()


def test_columns_of_the_lender_are_required_and_held_to_their_kind():
    reader = RecordReader(("application",), CHARGES)
    assert codes({"application": application()}, reader) == {
        "/application/Charges": "json.missing",
        "/application/savings": "json.missing",
    }
    stated = application(Charges=-1, savings=-1)
    assert codes({"application": stated}, reader) == {"/application/Charges": "application.Charges.negative"}
    records = reader.read(text({"application": application(Charges=None, savings=-12.5)}))
    assert records.tables()["application"]["savings"].to_pylist() == [-12_500]


def test_the_subject_is_who_it_is_across_applications():
    assert READER.read(text(sound())).subject == "100001"
    assert READER.read(text(sound(application=application(subject_ref=" P-17 ")))).subject == "P-17"
    assert READER.read(text(sound(application=application(subject_ref="")))).subject == "100001"


def test_one_request_has_one_text_however_it_is_written():
    spaced = json.dumps(dict(reversed(sound().items())), indent=3).encode()
    first, second = READER.read(text(sound())), READER.read(spaced)
    assert first == second
    assert first.raw == json.dumps(sound(), sort_keys=True, separators=(",", ":")).encode()
    assert READER.of_value(sound(), b"{}").raw == b"{}"


def test_at_most_a_hundred_problems_are_told():
    with pytest.raises(RecordsError) as refused:
        READER.read(text(sound(bureau=[{"x": 1}] * 900, bureau_balance=[{}] * 900)))
    assert len(refused.value.problems) == 100


def test_the_published_form_accepts_what_is_accepted_and_refuses_unknown_fields():
    form = READER.json_schema()
    Draft202012Validator.check_schema(form)
    validator = Draft202012Validator(form)
    for case in cases():
        if case.codes == ACCEPTED:
            assert not list(validator.iter_errors(json.loads(case.body))), case.name
    for name in ("an unknown field", "TARGET", "without AMT_CREDIT", "1,001 rows", "10 years", "a status that is none"):
        for case in (case for case in cases() if case.name == name):
            assert list(validator.iter_errors(json.loads(case.body))), name


def test_records_can_be_kept_as_plain_data():
    records = READER.read(text(sound()))
    assert isinstance(records, ClientRecords)
    assert records.client == 100_001
    assert all(isinstance(row, tuple) for rows in records.rows.values() for row in rows)
    assert records.tables()["bureau"].select(PLACE).to_pylist() == [{"source_file": "request", "source_line": 1}]
