"""`garant feature export`: the files hold what scoring feeds the model, and the same in words."""

import csv
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from garant.cli.app import run
from garant.exceptions import DataError, StorageError, UnknownNameError, UsageError
from garant.features.encode import encode
from garant.runs.client_list import read_client_list
from garant.runs.explain import explain
from garant.runs.feature_export import ExportedFeatures, ExportOptions, export_features
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage import sha256_file

Export = Callable[..., ExportedFeatures]


@pytest.fixture
def export(short: TrainResult, lender: Path, settings: Settings, tmp_path: Path) -> Export:
    """Export of clients of the lender, or of other data, to the folder ``out``."""

    def export_them(*clients: int, data: Path = lender, **options: str) -> ExportedFeatures:
        made = ExportOptions(**options)  # pyright: ignore[reportArgumentType]
        bundle = short.report.parent
        return export_features(
            clients, data=data, bundle_folder=bundle, out=tmp_path / "out", options=made, settings=settings
        )

    return export_them


@pytest.fixture(scope="session")
def ids(lender: Path) -> list[int]:
    """Every seventh applicant of the lender."""
    with (lender / "application_train.csv").open(encoding="utf-8") as file:
        return sorted(int(row["SK_ID_CURR"]) for row in csv.DictReader(file))[::7]


def test_the_inputs_are_those_that_scoring_feeds_the_model(
    export: Export, ids: list[int], short: TrainResult, lender: Path, settings: Settings, tmp_path: Path
) -> None:
    done = export(*ids)
    assert (done.n_clients, done.n_features, done.set_aside) == (len(ids), 12, {})
    table = pq.read_table(done.folder / "inputs.parquet")
    names = [column.name for column in short.bundle.columns]
    assert table.column_names == ["SK_ID_CURR", *names]
    assert table.column(0).to_pylist() == ids
    found = np.column_stack([table.column(name).to_numpy() for name in names])
    assert found.dtype == np.float32

    result = score(
        lender, short.report.parent, tmp_path / "runs", options=ScoreOptions(explain="none"), settings=settings
    )
    parts = [pq.read_table(part) for part in sorted((result.run.folder / "matrix").glob("*.parquet"))]
    fed = {
        client: row
        for part in parts
        for client, row in zip(part.column("SK_ID_CURR").to_pylist(), encode(part, short.bundle.columns), strict=True)
    }
    assert np.array_equal(found, np.array([fed[client] for client in ids]), equal_nan=True)
    margins = {
        client: margin
        for scores in read_scores(result.run)
        for client, margin in zip(*(scores.column(name).to_pylist() for name in ("SK_ID_CURR", "margin")), strict=True)
    }
    margin = np.asarray(short.bundle.booster.predict(found, raw_score=True))
    assert margin == pytest.approx([margins[client] for client in ids], abs=1e-12)


def test_the_csv_reads_back_as_the_same_numbers(export: Export, ids: list[int]) -> None:
    done = export(*ids)
    table = pq.read_table(done.folder / "inputs.parquet")
    with (done.folder / "inputs.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == table.column_names
    assert [int(row[0]) for row in rows] == ids
    read = np.array([[np.float32(cell) if cell else np.nan for cell in row[1:]] for row in rows], dtype=np.float32)
    assert np.array_equal(read, np.column_stack([c.to_numpy() for c in table.columns[1:]]), equal_nan=True)


def test_every_value_is_said_in_words_in_the_language_asked_for(export: Export, ids: list[int]) -> None:
    done = export(ids[0], ids[1], language="fr")
    rows = pq.read_table(done.folder / "readable.parquet").to_pylist()
    assert list(rows[0]) == ["SK_ID_CURR", "feature", "name", "value"]
    assert [row["SK_ID_CURR"] for row in rows] == [ids[0]] * 12 + [ids[1]] * 12
    assert all(row["name"] and row["value"] for row in rows)
    months = {row["SK_ID_CURR"]: row["value"] for row in rows if row["name"] == "Ancienneté de la relation"}
    numbers = pq.read_table(done.folder / "inputs.parquet").to_pydict()["application_extra_monthsascustomer"]
    said = ["non renseigné" if np.isnan(n) else f"{n:.0f}\N{NO-BREAK SPACE}mois" for n in numbers]
    assert list(months.values()) == said
    with (done.folder / "readable.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(rows)


def test_the_manifest_says_which_model_and_data_the_files_are_of(
    export: Export, ids: list[int], short: TrainResult
) -> None:
    done = export(ids[0])
    assert {stat.S_IMODE(path.stat().st_mode) for path in done.folder.iterdir()} == {0o600}, "rows of persons"
    said = json.loads((done.folder / "manifest.json").read_text())
    assert said["bundle"] == short.bundle.digest
    assert said["features"] == [feature.name for feature in short.bundle.content.features]
    assert set(said["files"]) == {"inputs.csv", "inputs.parquet", "readable.csv", "readable.parquet"}
    assert all(about["sha256"] == sha256_file(done.folder / name) for name, about in said["files"].items())


def test_an_unknown_client_stops_the_export_and_names_near_ones(export: Export, ids: list[int], tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown SK_ID_CURR '77'. Near ids: "):
        export(ids[0], 77)
    assert not (tmp_path / "out").exists()


def test_a_client_in_quarantine_is_told_and_the_others_are_written(
    export: Export, ids: list[int], changed: Callable[..., Path]
) -> None:
    def spoil(folder: Path) -> None:
        path = folder / "application_train.csv"
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        place = header.split(",").index("DAYS_BIRTH")
        for number, line in enumerate(lines):
            cells = line.split(",")
            if cells[0] == str(ids[3]):
                cells[place] = "5"
                lines[number] = ",".join(cells)
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")

    data = changed(spoil)
    done = export(ids[2], ids[3], data=data)
    assert done.n_clients == 1
    assert list(done.set_aside) == [ids[3]]
    assert "column DAYS_BIRTH: '5' breaks the rule" in done.set_aside[ids[3]]
    assert pq.read_table(done.folder / "inputs.parquet").column(0).to_pylist() == [ids[2]]
    with pytest.raises(DataError, match="every client asked for is in quarantine"):
        export(ids[3], data=data)


def test_a_folder_with_files_in_it_is_left_alone(export: Export, ids: list[int], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(StorageError, match="not empty"):
        export(ids[0])


def test_clients_are_found_in_whatever_part_of_the_matrix_they_lie(
    export: Export,
    ids: list[int],
    short: TrainResult,
    lender: Path,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = pq.read_table(export(*ids[:6]).folder / "inputs.parquet")
    explained = explain(
        ids[1], data=lender, bundle_folder=short.report.parent, language="en", settings=settings
    ).to_dict()
    # As in a portfolio of more than 32,768 applications, of which one client lies in one part.
    monkeypatch.setattr("garant.runs.matrix.PART_ROWS", 400)
    for client in ids[1:3]:
        told = explain(client, data=lender, bundle_folder=short.report.parent, language="en", settings=settings)
        assert told.client == client
        if client == ids[1]:
            assert told.to_dict() == explained
    shutil.rmtree(tmp_path / "out")
    again = pq.read_table(export(*ids[:6]).folder / "inputs.parquet")
    for one, two in zip(whole.columns, again.columns, strict=True):
        assert np.array_equal(one.to_numpy(), two.to_numpy(), equal_nan=True)


def test_the_command_says_where_the_files_are_and_asks_for_a_client(
    short: TrainResult,
    lender: Path,
    ids: list[int],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(settings.cache_folder))
    (tmp_path / "list.txt").write_text(f"{ids[1]}\n", encoding="utf-8")
    road = ["feature", "export", str(lender), "--bundle", str(short.report.parent), "--out", str(tmp_path / "out")]
    assert run(road) == 2
    assert "No client asked for" in capsys.readouterr().err
    assert run([*road, "--client", str(ids[0]), "--clients", str(tmp_path / "list.txt"), "--lang", "fr"]) == 0
    assert f"{tmp_path / 'out' / 'readable'}.parquet" in capsys.readouterr().out
    assert pq.read_table(tmp_path / "out" / "inputs.parquet").column(0).to_pylist() == ids[:2]
    assert run([*road[:-1], str(tmp_path / "two"), "--client", "77"]) == 2
    assert "Unknown SK_ID_CURR '77'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "ids"),
    [("SK_ID_CURR\n100002\n\n100001\n100002\n", (100_001, 100_002)), ("\ufeff7\r\n8", (7, 8))],
)
def test_a_file_names_clients_one_per_line(tmp_path: Path, text: str, ids: tuple[int, ...]) -> None:
    (tmp_path / "list.txt").write_text(text, encoding="utf-8", newline="")
    assert read_client_list(tmp_path / "list.txt") == ids


@pytest.mark.parametrize(
    ("text", "message"),
    [("1\n2,x\n", r"list.txt, line 2: '2,x' is no SK_ID_CURR"), ("\n", "names no client"), ("²\n", "line 1")],
)
def test_a_line_that_is_no_id_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_client_list(tmp_path / "list.txt")
    with pytest.raises(UsageError, match=r"absent\.txt: no such file\. Write one SK_ID_CURR per line"):
        read_client_list(tmp_path / "absent.txt")
