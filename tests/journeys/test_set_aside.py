"""Applicants whose row is set aside are referred; none of them disappears."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture(scope="module")
def damaged(lender: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lender's applicants without outcome, four of their rows damaged, and all child tables."""
    folder = tmp_path_factory.mktemp("damaged")
    for file in lender.iterdir():
        if file.is_file() and not file.name.startswith("application"):
            shutil.copy(file, folder)
    header, *rows = (lender / "application_test.csv").read_text().splitlines()
    position = header.split(",").index("AMT_CREDIT")
    # Plain commas are safe here: the first columns of the table are never quoted.
    broken = rows[0].split(",")
    broken[position] = "a lot"
    without_id = rows[1].split(",")
    without_id[0] = ""
    twice = rows[2]
    contradicting = rows[3].split(",")
    contradicting[position] = "1.0"
    lines = [
        header,
        ",".join(broken),
        ",".join(without_id),
        twice,
        twice,
        rows[3],
        *rows[4:],
        rows[3].replace("Cash", "Other", 1),
    ]
    (folder / "application_test.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_every_damaged_row_is_referred_with_a_reason_and_the_exit_code_says_so(
    garant: Callable[..., Any], damaged: Path, lender: Path, model: Path, tmp_path: Path
) -> None:
    said = garant("score", damaged, "--bundle", model, "--out", tmp_path / "runs", "--output", "json")
    assert said.code == 1, said.err
    scores = pq.read_table(Path(said.json["folder"]) / "scores").to_pylist()
    _header, *rows = (lender / "application_test.csv").read_text().splitlines()
    ids = [int(row.split(",")[0]) for row in rows]
    found = {row["SK_ID_CURR"]: row for row in scores}
    assert sorted(i for i in found if i is not None) == sorted({*ids} - {ids[1]})
    assert len(scores) == len(ids)
    for client, code in ((ids[0], "QUARANTINED"), (None, "NO_VALID_ID"), (ids[3], "QUARANTINED")):
        row = found[client]
        assert (row["outcome"], row["reason_1_code"], row["pd"]) == ("refer", code, None)
    assert found[ids[2]]["pd"] is not None
    assert found[None]["source_line"] == 3
    quarantine = pq.read_table(Path(said.json["folder"]) / "quarantine" / "application.parquet").to_pylist()
    assert {row["source_line"] for row in quarantine} >= {2, 3}
    explained = garant("explain", ids[0], "--data", damaged, "--bundle", model)
    assert explained.code == 3
    assert "application_test.csv, line 2, column AMT_CREDIT: 'a lot'" in explained.err
