"""Files: bytes, prefixes, formats, and what happens when something goes wrong."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from garant.exceptions import RunError, UsageError
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import FileFormat, Shock, SyntheticLender, generate
from garant.tables.synthetic.clients import clients_at, is_test_client

TWO_BLOCKS = 4_200 / 356_255


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def small(folder: Path, *, clients: int = 600, file_format: FileFormat = "parquet", seed: int = 7) -> SyntheticLender:
    return generate(folder, scale=clients / 356_255, seed=seed, file_format=file_format)


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_workers(file_format: FileFormat, tmp_path: Path):
    made = [
        digests(
            generate(
                tmp_path / str(workers),
                scale=TWO_BLOCKS,
                seed=11,
                file_format=file_format,
                workers=workers,
            ).folder
        )
        for workers in (1, 2, 3)
    ]
    assert made[0] == made[1] == made[2]


def test_another_seed_gives_another_lender(tmp_path: Path):
    one, other = (digests(small(tmp_path / str(seed), seed=seed).folder) for seed in (1, 2))
    assert all(one[name] != other[name] for name in one if name.endswith(".parquet"))


def test_a_small_lender_is_a_prefix_of_a_large_one_in_every_table(
    tables: Mapping[str, pa.Table], truth: pa.Table, tmp_path: Path
):
    # 5,000 clients end inside the second block.
    lender = small(tmp_path, clients=5_000)
    for path in lender.files:
        table = pq.read_table(path)
        assert 0 < table.num_rows < tables[path.stem].num_rows
        assert table.equals(tables[path.stem].slice(0, table.num_rows)), path.stem
    assert pq.read_table(lender.truth).equals(truth.slice(0, 5_000))


def test_the_full_scale_has_the_numbers_of_the_competition():
    number = np.arange(clients_at(1.0))
    assert (len(number), int(is_test_client(number).sum())) == (356_255, 48_744)
    assert clients_at(1e-9) == 1


@pytest.mark.parametrize("scale", [0.003, 1 / 356_255])
def test_csv_and_parquet_hold_the_same_values(scale: float, tmp_path: Path):
    parquet = generate(tmp_path / "parquet", scale=scale, seed=3, file_format="parquet")
    csv = generate(tmp_path / "csv", scale=scale, seed=3, file_format="csv")
    assert parquet.rows == csv.rows
    for one, other in zip(parquet.files, csv.files, strict=True):
        expected = pq.read_table(one)
        options = pa_csv.ConvertOptions(column_types=expected.schema, strings_can_be_null=True)
        assert pa_csv.read_csv(other, convert_options=options).equals(expected), one.stem


def test_a_csv_looks_like_a_raw_file(tmp_path: Path):
    lender = small(tmp_path, file_format="csv")
    text = {path.stem: path.read_bytes() for path in lender.files}
    assert all(raw.endswith(b"\n") and b"\r" not in raw and b'""' not in raw for raw in text.values())
    assert all(raw.decode("utf-8").count("\n") == lender.rows[name] + 1 for name, raw in text.items())
    assert all(b"-0.0," not in raw and b"nan" not in raw and b"e-" not in raw for raw in text.values())
    people = text["application_train"].decode().splitlines()
    assert people[1].startswith("100001,0,") or people[1].startswith("100001,1,")
    assert any('"Stone, brick"' in line for line in people)
    assert ",365243," in text["application_train"].decode()
    assert ",365243.0," in text["previous_application"].decode()


def test_headers_are_those_that_garant_declares(tables: Mapping[str, pa.Table]):
    declared = tuple(name for name in TABLES["application"].names if name != "subject_ref")
    assert tuple(tables["application_train"].column_names) == declared
    without_label = tuple(name for name in declared if name != "TARGET")
    assert tuple(tables["application_test"].column_names) == without_label
    for name, schema in TABLES.items():
        if name != "application":
            assert tuple(tables[name].column_names) == schema.names


def test_headers_are_those_of_the_real_files(tables: Mapping[str, pa.Table], shared_data: Path):
    real = {path.name.removesuffix(".csv.gz"): path for path in (shared_data / "home_credit_linked_10k").glob("*.gz")}
    real["installments_payments"] = shared_data / "home_credit_linked_installments_200" / "installments_payments.csv.gz"
    for name, table in tables.items():
        names = pa_csv.open_csv(real[name]).schema.names
        ours = [column for column in table.column_names if column != "APPLICATION_DATE"]
        assert ours == names


def test_words_are_plain_strings_and_whole_numbers_with_gaps_are_floats(tables: Mapping[str, pa.Table]):
    schema = tables["application_train"].schema
    assert schema.field("NAME_CONTRACT_TYPE").type == pa.string()
    assert schema.field("CNT_CHILDREN").type == pa.int64()
    assert schema.field("DAYS_REGISTRATION").type == pa.float64()
    assert schema.field("APPLICATION_DATE").type == pa.date32()


def test_reported_rows_are_the_rows_of_the_files(lender: SyntheticLender, tables: Mapping[str, pa.Table]):
    assert {name: table.num_rows for name, table in tables.items()} == dict(lender.rows)


def test_keys_are_unique(tables: Mapping[str, pa.Table], applications: pa.Table):
    assert len(pc.unique(applications["SK_ID_CURR"])) == applications.num_rows
    for name, schema in TABLES.items():
        if name != "application" and schema.key:
            table = tables[name]
            assert table.group_by(list(schema.key)).aggregate([]).num_rows == table.num_rows, name


def test_no_reader_takes_the_truth_for_a_table(lender: SyntheticLender):
    found = find_sources(lender.folder)
    assert isinstance(found, DataFolder)
    assert {file.path for files in found.files.values() for file in files} == set(lender.files)


def test_progress_is_told_after_each_block(tmp_path: Path):
    seen: list[tuple[int, int]] = []
    generate(
        tmp_path,
        scale=TWO_BLOCKS,
        seed=7,
        file_format="parquet",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_a_lender_that_is_broken_off_leaves_no_file(file_format: FileFormat, tmp_path: Path):
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(
            tmp_path,
            scale=TWO_BLOCKS,
            seed=7,
            file_format=file_format,
            progress=stop,
        )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_lender_killed_among_its_renames_is_no_lender_yet_and_can_be_made_again(tmp_path: Path):
    code = (
        "from pathlib import Path\nfrom garant.tables.synthetic import generate\n"
        f"generate(Path({str(tmp_path)!r}), scale=0.001, seed=7, file_format='parquet')"
    )
    environment = {**os.environ, "GARANT_FAILPOINT": "storage.rename:4"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -9
    names = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet")]
    whole = [tmp_path / name for name in names if not any(part.startswith(".") for part in name.parts)]
    assert len(whole) == 3
    assert all(pq.read_table(path).num_rows >= 0 for path in whole)
    assert not (tmp_path / "tables.toml").exists()
    lender = generate(tmp_path, scale=0.001, seed=7, file_format="parquet")
    assert all(path.exists() for path in (*lender.files, lender.truth, tmp_path / "tables.toml"))


def test_a_lender_in_the_other_format_is_refused(tmp_path: Path):
    small(tmp_path)
    with pytest.raises(UsageError, match=r"already holds application_train\.parquet"):
        small(tmp_path, file_format="csv")


def test_tables_of_another_origin_are_never_replaced(tmp_path: Path):
    (tmp_path / "bureau.csv").write_text("SK_ID_CURR\n1\n")
    with pytest.raises(UsageError, match=r"bureau\.csv, which is no table of a synthetic lender"):
        small(tmp_path, file_format="csv")
    assert (tmp_path / "bureau.csv").read_text() == "SK_ID_CURR\n1\n"


def test_no_lender_is_written_among_files_of_something_else(tmp_path: Path):
    (tmp_path / "bundle.json").write_text("{}")
    with pytest.raises(UsageError, match=r"bundle\.json, which is no part of a synthetic lender"):
        small(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["bundle.json"]


def test_an_earlier_synthetic_lender_is_replaced(tmp_path: Path):
    small(tmp_path, seed=1)
    again = small(tmp_path, seed=2)
    fresh = small(tmp_path / "fresh", seed=2)
    assert [path.read_bytes() for path in again.files] == [path.read_bytes() for path in fresh.files]


def test_a_replacement_that_is_broken_off_leaves_no_folder_that_calls_itself_complete(tmp_path: Path):
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    small(tmp_path, seed=1)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, scale=0.001, seed=2, file_format="parquet", progress=stop)
    assert not (tmp_path / "tables.toml").exists()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")} == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        small(tmp_path / "file" / "lender")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scale": 0.0}, "scale is 0.0"),
        ({"scale": float("nan")}, "scale is nan"),
        ({"scale": 5_000.0}, "scale is 5000"),
        ({"seed": -1}, "seed is -1"),
        ({"file_format": "xlsx"}, "format is 'xlsx'"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_a_parameter_out_of_range_is_refused_before_anything_is_written(
    wrong: dict[str, object], message: str, tmp_path: Path
):
    good = {"scale": 0.001, "seed": 7, "file_format": "parquet", "workers": 2, "shock": Shock()}
    with pytest.raises(UsageError, match=message):
        generate(tmp_path / "lender", **{**good, **wrong})  # pyright: ignore[reportArgumentType]
    assert not (tmp_path / "lender").exists()
