"""Bad requests: each is refused for what is wrong with it, nothing of it is repeated, and good ones pass."""

import re
import time
from pathlib import Path

import pytest

from garant.exceptions import RecordsError
from garant.tables.config import TablesConfig
from garant.tables.records.form_problems import FORM
from garant.tables.records.reader import RecordReader
from garant.tables.schema import TABLES
from tables.records.corpus import ACCEPTED, Case, cases

READER = RecordReader(TABLES, TablesConfig())
CASES = tuple(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_is_refused_for_what_is_wrong_with_it_and_for_nothing_else(case: Case):
    begun = time.process_time()
    if case.codes == ACCEPTED:
        records = READER.read(case.body)
        assert records.client > 0
    else:
        with pytest.raises(RecordsError) as refused:
            READER.read(case.body)
        problems = refused.value.problems
        assert {problem.code for problem in problems} == case.codes
        assert len(problems) <= 100
        told = str(refused.value)
        assert told.isascii()
        assert told.replace("\n", "").isprintable()
        assert len(told) < 30_000
        assert not case.private or case.private not in told
        assert all(problem.text for problem in problems)
    assert time.process_time() - begun < 2


def test_there_are_enough_of_them_under_different_names():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 60


def test_every_code_of_the_form_is_met_by_a_request():
    met = {code for case in CASES for code in case.codes if code.startswith("json.")}
    # A model that was trained without a table is a matter of the reader, not of the request.
    assert {f"json.{code}" for code in FORM} - met == {"json.unused_table"}


def test_every_code_of_the_form_is_in_the_documentation(project: Path):
    page = (project / "docs" / "records.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `json\.([a-z_]+)` \|", page, re.MULTILINE)) == set(FORM)
