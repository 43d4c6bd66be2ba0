"""Bytes of the files beside bundle.json."""

import io
import json
from collections.abc import Mapping

import pyarrow.parquet as pq

from garant.models.bundle.files import raw_schema
from garant.models.training_data import TrainingData


def test_the_reference_has_one_row_per_feature_and_none_of_a_person(
    files: Mapping[str, bytes], data: TrainingData
) -> None:
    table = pq.read_table(io.BytesIO(files["reference.parquet"]))
    assert table.column("feature").to_pylist() == [column.name for column in data.columns]


def test_sentences_keep_their_accents(files: Mapping[str, bytes]) -> None:
    assert "élevées" in files["wording.json"].decode()
    assert json.loads(files["wording.json"])["fr"]["reason.debt"].startswith("Vos")


def test_the_schema_tells_kind_sentinels_and_what_is_read() -> None:
    found = raw_schema(["application"], ["application.AMT_CREDIT", "application.FLAG_NO_EMPLOYMENT"])
    columns = {column["name"]: column for column in found["application"]}
    assert len(columns) >= 122
    assert columns["AMT_CREDIT"]["read"]
    assert columns["AMT_CREDIT"]["unit"] == "thousandths of the currency unit"
    assert columns["DAYS_EMPLOYED"]["sentinels"] == ["365243"]
    assert columns["DAYS_EMPLOYED"]["read"]
    assert not columns["AMT_ANNUITY"]["read"]
