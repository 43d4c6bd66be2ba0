"""`garant pca` on matrices made here: files equal scikit-learn's full SVD and depend on the clients alone."""

import csv
import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError, ReconciliationError, RunError, UsageError
from garant.features.feature import Profile
from garant.keys import read_or_new_secret
from garant.projection.artefact import read_components
from garant.projection.components import Extent
from garant.projection.transform import block_of, reconstruction, scores
from garant.runs.erase import erase
from garant.runs.matrix import CARRIED
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.parts import is_sampled, part_scores, sampled_to
from garant.runs.pca.results import artefact_in
from garant.runs.pca.run import PcaResult, pca
from garant.runs.suppression import LIST, suppress
from garant.settings import Settings
from garant.storage import sha256_file
from garant.storage.local_upkeep import LocalUpkeep
from garant.storage.parquet import write_parquet

Floats = npt.NDArray[np.float64]
Write = Callable[..., Path]

N, F, PARTS = 3_000, 8, 3


def portfolio(n: int = N, *, seed: int = 1) -> pa.Table:
    """Clients with eight correlated features, one category, one constant, one that nobody states, in no order."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)) @ rng.normal(size=(3, F)) + rng.normal(size=(n, F))
    values = (values + 10.0 ** rng.uniform(0, 3, F)) * 10.0 ** rng.uniform(-3, 6, F)
    values[rng.random(values.shape) < 0.2] = np.nan
    features = {f"bureau_{i}": pa.array(values[:, i], from_pandas=True) for i in range(F)}
    return pa.table(
        {
            "SK_ID_CURR": pa.array(100_000 + rng.permutation(n)),
            "source_file": pa.array(["application.csv"] * n),
            "source_line": pa.array(np.arange(n)),
            "TARGET": pa.array(rng.integers(0, 2, n)),
            "APPLICATION_DATE": pa.nulls(n, pa.date32()),
            "NAME_CONTRACT_TYPE": pa.array(["Cash loans"] * n),
            **features,
            "application_category": pa.array(rng.choice(["a", "b"], n)),
            "application_same": pa.array(np.full(n, 4.5)),
            "application_unknown": pa.nulls(n, pa.float64()),
            "policy_credit": pa.array(rng.normal(size=n)),
        }
    )


@pytest.fixture
def matrix(tmp_path: Path) -> Write:
    """Write a table as `garant feature build` does; return its folder."""

    def write(table: pa.Table, name: str = "features", n_parts: int = PARTS) -> Path:
        folder = tmp_path / name
        files: dict[str, Any] = {}
        ids = table.column("SK_ID_CURR").to_numpy()
        for number in range(n_parts):
            mine = table.filter(pa.array(ids % n_parts == number)).sort_by("SK_ID_CURR")
            path = folder / f"part-{number:05d}.parquet"
            write_parquet(path, mine.to_batches(), table.schema)
            files[path.name] = {"bytes": path.stat().st_size, "sha256": sha256_file(path)}
        names = [n for n in table.column_names if n not in {*CARRIED, "SK_ID_CURR"} and not n.startswith("policy_")]
        manifest = {"features": names, "files": files, "input": "x", "profile": "eu", "rows": table.num_rows}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return write


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("user")
    return Settings(cache_folder=folder / "cache", suppression_key=folder / "suppression.key", threads=1)


@pytest.fixture
def run(tmp_path: Path, quiet: Settings) -> Callable[..., PcaResult]:
    """Compute components of a folder."""

    def compute(
        data: Path,
        out: str = "out",
        *,
        k: int | None = None,
        variance: float | None = None,
        components: Path | None = None,
        bundle: Path | None = None,
        **options: Any,  # noqa: ANN401 - whatever the options are
    ) -> PcaResult:
        extent = None if components is not None else Extent(number=k, variance=variance)
        return pca(
            data,
            tmp_path / out,
            bundle_folder=bundle,
            components_folder=components,
            options=PcaOptions(extent=extent, **options),
            settings=quiet,
        )

    return compute


def files(result: PcaResult) -> Path:
    """Folder of the files of a run."""
    return result.run.folder / "pca"


def cells(path: Path) -> list[list[str]]:
    """Cells of a CSV file, header first; every line ends as RFC 4180 says."""
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert data.endswith(b"\r\n")
    return list(csv.reader(data.decode().splitlines()))


def numbers(rows: Sequence[Sequence[str]]) -> Floats:
    return np.array([[float(cell) for cell in row] for row in rows])


def library(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Loadings, ratios and scores of a full SVD, its signs turned as ours are."""
    z = StandardScaler().fit_transform(SimpleImputer().fit_transform(rows))
    model = PCA(svd_solver="full").fit(z)
    loadings = np.asarray(model.components_).T
    signs = np.sign(loadings[np.argmax(np.abs(loadings), axis=0), np.arange(loadings.shape[1])])
    return loadings * signs, model.explained_variance_ratio_, model.transform(z) * signs


def require_equal(found: Floats, ratio: Floats, wanted: Floats, wanted_ratio: Floats) -> None:
    """Loadings to 1e-6 and ratios to 1e-9; of components that nearly tie the subspace that they span."""
    assert np.abs(ratio - wanted_ratio[: len(ratio)]).max() <= 1e-9
    gaps = np.flatnonzero(-np.diff(wanted_ratio) > 1e-6 * wanted_ratio[0])
    edges = [0, *(gaps + 1).tolist(), len(wanted_ratio)]
    for start, end in itertools.pairwise(edges):
        if end > found.shape[1]:
            break
        ours, theirs = found[:, start:end], wanted[:, start:end]
        difference = ours - theirs if end - start == 1 else ours @ ours.T - theirs @ theirs.T
        assert np.abs(difference).max() <= 1e-6, (start, end)


def test_files_hold_what_a_full_svd_finds(matrix: Write, run: Callable[..., PcaResult]) -> None:
    table = portfolio().sort_by("SK_ID_CURR")
    result = run(matrix(table), k=5)
    names = [f"bureau_{i}" for i in range(F)]
    wanted, wanted_ratio, wanted_scores = library(block_of(table, tuple(names)))

    loadings = cells(files(result) / "pca_loadings.csv")
    assert loadings[0] == ["feature", "PC1", "PC2", "PC3", "PC4", "PC5"]
    assert [row[0] for row in loadings[1:]] == names
    explained = cells(files(result) / "pca_explained_variance.csv")
    assert explained[0] == ["component", "variance", "ratio", "cumulative"]
    ratio = numbers([row[1:] for row in explained[1:]])
    require_equal(numbers([row[1:] for row in loadings[1:]]), ratio[:, 1], wanted, wanted_ratio)
    assert ratio[:, 2] == pytest.approx(np.cumsum(wanted_ratio)[:5])

    rows = cells(files(result) / "pca_scores.csv")
    assert rows[0] == ["SK_ID_CURR", "PC1", "PC2", "PC3", "PC4", "PC5"]
    assert [int(row[0]) for row in rows[1:]] == table.column("SK_ID_CURR").to_pylist()
    found = numbers([row[1:] for row in rows[1:]])
    assert np.abs(found - wanted_scores[:, :5]).max() <= 1e-6
    # ddof = 0: the variance of the scores is what is said of it.
    assert found.var(axis=0) == pytest.approx(ratio[:, 0])
    assert result.run.manifest["dropped"] == {"application_same": "constant", "application_unknown": "unknown"}
    assert result.run.manifest["n_categories"] == 1


def test_parquet_holds_the_very_numbers_of_the_csv(matrix: Write, run: Callable[..., PcaResult]) -> None:
    folder = files(run(matrix(portfolio(500)), k=3))
    rows = cells(folder / "pca_scores.csv")
    twin = pa.concat_tables([pq.read_table(part) for part in sorted((folder / "pca_scores").iterdir())])
    twin = twin.sort_by("SK_ID_CURR")
    assert len(list((folder / "pca_scores").iterdir())) == PARTS
    assert twin.column_names == rows[0]
    assert [[float(cell) for cell in row] for row in rows[1:]] == [list(row.values()) for row in twin.to_pylist()]
    for name in ("pca_loadings", "pca_explained_variance"):
        small = pq.read_table(folder / f"{name}.parquet")
        assert [small.column_names, *(next(str(c) for c in r.values()) for r in small.to_pylist())] == [
            cells(folder / f"{name}.csv")[0],
            *(row[0] for row in cells(folder / f"{name}.csv")[1:]),
        ]


def test_a_column_that_the_first_file_knows_nothing_of_and_a_not_a_number_cost_no_digit(
    matrix: Write, run: Callable[..., PcaResult]
) -> None:
    table = portfolio()
    first = table.column("SK_ID_CURR").to_numpy() % PARTS == 0
    far = 1e7 + np.random.default_rng(2).normal(size=N) * 1e-2
    column = pa.array(np.where(first, np.nan, far))
    position = table.schema.get_field_index("bureau_3")
    # NaN where another column has NULL: both are unknown.
    assert column.null_count == 0
    table = table.set_column(position, "bureau_3", column)
    folder = files(run(matrix(table), variance=1.0))
    loadings = numbers([row[1:] for row in cells(folder / "pca_loadings.csv")[1:]])
    ratio = numbers([row[2:3] for row in cells(folder / "pca_explained_variance.csv")[1:]])[:, 0]
    wanted, wanted_ratio, _ = library(block_of(table, tuple(f"bureau_{i}" for i in range(F))))
    require_equal(loadings, ratio, wanted, wanted_ratio)


def test_the_same_run_again_writes_nothing(matrix: Write, run: Callable[..., PcaResult], tmp_path: Path) -> None:
    data = matrix(portfolio(300))
    first = run(data, k=2)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.name != "current.json"}
    again = run(data, k=2)
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.name != "current.json"}
    assert (first.repeated, again.repeated) == (False, True)
    assert before == after
    assert again.explained == first.explained
    assert run(data, k=3).run.run_id != first.run.run_id


def test_the_order_of_rows_in_the_source_changes_no_byte(matrix: Write, run: Callable[..., PcaResult]) -> None:
    table = portfolio(600)
    shuffled = table.take(pa.array(np.random.default_rng(9).permutation(600)))
    a, b = run(matrix(table, "a"), "x", k=3), run(matrix(shuffled, "b"), "y", k=3)
    assert a.run.run_id == b.run.run_id
    assert a.run.manifest["files"] == b.run.manifest["files"]


def test_many_clients_make_numbered_files_with_a_list(matrix: Write, run: Callable[..., PcaResult]) -> None:
    data = matrix(portfolio(400))
    one, several = run(data, k=2), run(data, k=2, one_file_rows=399)
    assert run(data, k=2, one_file_rows=400).run.manifest["files"].keys() == one.run.manifest["files"].keys()
    assert not (files(several) / "pca_scores.csv").exists()
    folder = files(several) / "pca_scores_csv"
    listed = json.loads((folder / "files.json").read_text())
    assert listed["header"] == ["SK_ID_CURR", "PC1", "PC2"]
    assert listed["files"] == [f"part-{number:05d}.csv" for number in range(PARTS)]
    gathered: list[list[str]] = []
    for name in listed["files"]:
        header, *rows = cells(folder / name)
        assert header == listed["header"]
        said = several.run.manifest["files"][f"pca/pca_scores_csv/{name}"]
        assert said["sha256"] == sha256_file(folder / name)
        assert rows == sorted(rows, key=lambda row: int(row[0]))
        gathered += rows
    assert sorted(gathered, key=lambda row: int(row[0])) == cells(files(one) / "pca_scores.csv")[1:]


@pytest.mark.parametrize(
    ("n", "asked", "said"),
    [
        (6, {"k": 6}, r"6 rows and 10 features that vary have at most 5"),
        (300, {"k": 11}, r"have at most 10"),
        (300, {"k": 9}, r"300 rows and 8 features that vary have at most 8"),
        (300, {"variance": 1.01}, r"at most 1"),
        (300, {"variance": 0.0}, r"above 0"),
        (300, {}, r"Say how many"),
        (300, {"k": 2, "variance": 0.5}, r"one of them"),
    ],
)
def test_what_cannot_be_had_is_said_before_anything_is_written(
    matrix: Write, run: Callable[..., PcaResult], tmp_path: Path, n: int, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        run(matrix(portfolio(n)), **asked)
    assert not (tmp_path / "out").exists()


def test_a_changed_part_is_refused_by_name(matrix: Write, run: Callable[..., PcaResult], tmp_path: Path) -> None:
    data = matrix(portfolio(300))
    other = matrix(portfolio(300, seed=2), "other")
    (data / "part-00001.parquet").write_bytes((other / "part-00001.parquet").read_bytes())
    with pytest.raises(DataError, match=r"part-00001\.parquet: is not the file"):
        run(data, k=2)
    assert not (tmp_path / "out").exists()


def test_a_value_that_cannot_be_squared_is_named_by_client_and_feature(
    matrix: Write, run: Callable[..., PcaResult]
) -> None:
    table = portfolio(300)
    values = table.column("bureau_2").to_numpy().copy()
    values[17] = np.inf
    client = table.column("SK_ID_CURR")[17].as_py()
    table = table.set_column(table.schema.get_field_index("bureau_2"), "bureau_2", pa.array(values))
    with pytest.raises(DataError, match=rf"part-0000{client % PARTS}\.parquet, row {client}, feature bureau_2: inf"):
        run(matrix(table), k=2)


def test_a_part_that_is_read_in_several_pieces_counts_with_all_of_them(
    matrix: Write, run: Callable[..., PcaResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garant.runs.pca.parts.SLAB_ROWS", 64)
    table = portfolio(600).sort_by("SK_ID_CURR")
    folder = files(run(matrix(table), k=3))
    wanted, wanted_ratio, wanted_scores = library(block_of(table, tuple(f"bureau_{i}" for i in range(F))))
    ratio = numbers([row[2:3] for row in cells(folder / "pca_explained_variance.csv")[1:]])[:, 0]
    require_equal(numbers([row[1:] for row in cells(folder / "pca_loadings.csv")[1:]]), ratio, wanted, wanted_ratio)
    rows = cells(folder / "pca_scores.csv")[1:]
    assert [int(row[0]) for row in rows] == table.column("SK_ID_CURR").to_pylist()
    assert np.abs(numbers([row[1:] for row in rows]) - wanted_scores[:, :3]).max() <= 1e-6


def test_clients_whose_scores_are_lost_on_the_way_stop_the_run(
    matrix: Write, run: Callable[..., PcaResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DuckDBEngine.map_files

    def losing(engine: DuckDBEngine, files: Sequence[Path], function: Any, **more: Any) -> Any:  # noqa: ANN401
        return whole(engine, files[1:] if function is part_scores else files, function, **more)

    monkeypatch.setattr(DuckDBEngine, "map_files", losing)
    with pytest.raises(ReconciliationError, match="200 clients got scores, the matrix has 300"):
        run(matrix(portfolio(300)), k=2)
    assert not list((tmp_path / "out").glob("run_id=*"))


@pytest.mark.parametrize("is_asked", [True, False])
def test_new_components_and_those_of_a_run_are_not_asked_for_together_nor_neither(
    matrix: Write,
    tmp_path: Path,
    quiet: Settings,
    is_asked: bool,  # noqa: FBT001
) -> None:
    options = PcaOptions(extent=Extent(number=2) if is_asked else None)
    with pytest.raises(UsageError, match=r"whose \(--with RUN\): one of them"):
        pca(
            matrix(portfolio(30)),
            tmp_path / "out",
            components_folder=tmp_path / "earlier" if is_asked else None,
            options=options,
            settings=quiet,
        )


def test_a_matrix_without_the_columns_of_earlier_components_is_refused(
    matrix: Write, run: Callable[..., PcaResult]
) -> None:
    learned = run(matrix(portfolio(300)), k=2)
    narrow = matrix(portfolio(300).drop_columns(["bureau_0", "bureau_5"]), "narrow")
    with pytest.raises(DataError, match="lacks features that the components are made of: bureau_0, bureau_5"):
        run(narrow, "x", components=learned.run.folder)
    with pytest.raises(UsageError, match="leave it out with --bundle or --with"):
        run(matrix(portfolio(30), "later"), "x", components=learned.run.folder, profile=Profile.EU)


def test_a_folder_of_runs_hides_whom_it_has_listed_before_its_runs_are_rewritten(
    matrix: Write, run: Callable[..., PcaResult], tmp_path: Path, quiet: Settings
) -> None:
    table = portfolio(300)
    client = table.column("SK_ID_CURR")[11].as_py()
    runs = LocalUpkeep(tmp_path)
    attempt = runs.start("scored")
    matrix(table).rename(attempt.folder / "matrix")
    runs.commit(attempt, {"verb": "score"})
    key, _ = read_or_new_secret(quiet.suppression_key)
    suppress(runs, [client], key, quiet)
    for place in (tmp_path, attempt.folder):
        found = run(place, f"of-{place.name}", k=2)
        assert found.run.manifest["rows"]["suppressed"] == 1
        assert str(client) not in [row[0] for row in cells(files(found) / "pca_scores.csv")]


def test_who_is_erased_while_components_are_made_keeps_them_from_being_committed(
    matrix: Write, tmp_path: Path, quiet: Settings
) -> None:
    table = portfolio(300)
    out = tmp_path / "out"

    def erased(step: str, done: int, _total: int) -> None:
        if (step, done) == ("scores", PARTS):
            key, _ = read_or_new_secret(quiet.suppression_key)
            suppress(LocalUpkeep(out), table.column("SK_ID_CURR").to_pylist()[:1], key, quiet)

    options = PcaOptions(extent=Extent(number=2))
    with pytest.raises(RunError, match="Clients were erased from the folder of runs meanwhile"):
        pca(matrix(table), out, options=options, settings=quiet, progress=erased)
    assert [path.name for path in out.iterdir()] == [LIST]


def test_of_two_that_make_one_run_at_once_the_slower_is_told_and_leaves_nothing(
    matrix: Write, tmp_path: Path, quiet: Settings
) -> None:
    data, out, options = matrix(portfolio(300)), tmp_path / "out", PcaOptions(extent=Extent(number=2))
    faster: list[PcaResult] = []

    def overtake(step: str, _done: int, _total: int) -> None:
        if step == "scores" and not faster:
            faster.append(pca(data, out, options=options, settings=quiet))

    slower = pca(data, out, options=options, settings=quiet, progress=overtake)
    assert (faster[0].outrun, slower.outrun, slower.repeated) == (False, True, False)
    assert slower.run == faster[0].run
    assert [path.name for path in out.glob("run_id=*/attempt=*")] == [f"attempt={slower.run.attempt}"]


def test_an_empty_part_is_no_obstacle(matrix: Write, run: Callable[..., PcaResult]) -> None:
    table = portfolio(300)
    table = table.filter(pa.array(table.column("SK_ID_CURR").to_numpy() % PARTS != 0))
    result = run(matrix(table), k=2)
    assert len(cells(files(result) / "pca_scores.csv")) == 1 + table.num_rows


def test_clients_of_another_month_are_placed_on_the_same_axes(
    matrix: Write, run: Callable[..., PcaResult], tmp_path: Path
) -> None:
    learned = run(matrix(portfolio(600)), k=3)
    later = portfolio(200, seed=5)
    placed = run(matrix(later, "later"), components=learned.run.folder)
    components = read_components(artefact_in(learned.run.folder))
    later = later.sort_by("SK_ID_CURR")
    block = block_of(later, components.columns)
    found = numbers([row[1:] for row in cells(files(placed) / "pca_scores.csv")[1:]])
    assert np.abs(found - scores(block, components)).max() <= 1e-9
    assert (files(placed) / "pca_loadings.csv").read_bytes() == (files(learned) / "pca_loadings.csv").read_bytes()
    counts = {"clients": 200, "learned_from": 600, "orphans": 0, "quarantined": 0, "suppressed": 0}
    assert placed.run.manifest["rows"] == counts
    # What later uses need: how much of a client, and of a feature, the components miss.
    missed = reconstruction(block, components)
    assert missed.by_row.shape == (200,)
    assert missed.by_column.shape == (F,)
    with pytest.raises(DataError, match="bureau_7"):
        run(matrix(later.drop_columns("bureau_7"), "short"), components=learned.run.folder)
    with pytest.raises(DataError, match="no components"):
        run(matrix(later, "again"), components=tmp_path)


@pytest.mark.parametrize("one_file_rows", [1_000, 100])
def test_whoever_was_erased_leaves_the_run_and_stays_away(
    matrix: Write, run: Callable[..., PcaResult], quiet: Settings, tmp_path: Path, one_file_rows: int
) -> None:
    table = portfolio(300)
    client = table.column("SK_ID_CURR")[11].as_py()
    data = matrix(table)
    first = run(data, k=2, one_file_rows=one_file_rows)
    done = erase({client}, LocalUpkeep(tmp_path / "out"), settings=quiet)
    rewritten = done.runs[0].run
    assert rewritten.manifest["rows"]["clients"] == 299
    for path in (rewritten.folder / "pca").rglob("*.csv"):
        assert str(client) not in [row[0] for row in cells(path)]
    kept = {name for name in first.run.manifest["files"] if str(client % PARTS) not in name}
    assert {name for name in kept if rewritten.manifest["files"][name] != first.run.manifest["files"][name]} <= {
        "pca/pca_scores.csv"
    }
    # Later runs, of the same matrix and of a run that still holds the client, are those of a world without.
    others = table.filter(pa.array(table.column("SK_ID_CURR").to_numpy() != client))
    wanted = run(matrix(others, "others"), "wanted", k=2, one_file_rows=one_file_rows)
    again = run(data, k=2, one_file_rows=one_file_rows)
    assert again.run.run_id != first.run.run_id
    assert again.run.manifest["rows"]["suppressed"] == 1
    assert again.run.manifest["files"] == wanted.run.manifest["files"]


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_spark_writes_the_very_bytes_of_this_process(
    matrix: Write, run: Callable[..., PcaResult], spark_session: object
) -> None:
    assert spark_session is not None
    data = matrix(portfolio(700), n_parts=5)
    here, there = run(data, "here", k=3), run(data, "there", k=3, engine="spark")
    assert there.run.run_id == here.run.run_id
    assert there.run.manifest == here.run.manifest
    assert len(here.run.manifest["files"]) == 5 + 9
    table = portfolio(700)
    values = table.column("bureau_2").to_numpy().copy()
    values[17] = np.inf
    client = table.column("SK_ID_CURR")[17].as_py()
    table = table.set_column(table.schema.get_field_index("bureau_2"), "bureau_2", pa.array(values))
    with pytest.raises(DataError, match=f"row {client}, feature bureau_2: inf"):
        run(matrix(table, "wrong"), "wrong", k=3, engine="spark")


def test_the_same_run_again_opens_no_engine(matrix: Write, tmp_path: Path, quiet: Settings) -> None:
    data, options = matrix(portfolio(300)), PcaOptions(extent=Extent(number=2))
    pca(data, tmp_path / "out", options=options, settings=quiet)
    nowhere = quiet.model_copy(update={"spark_master": "spark://127.0.0.1:1"})
    assert pca(data, tmp_path / "out", options=replace(options, engine="spark"), settings=nowhere).repeated


def texts(path: Path) -> list[str]:
    """Texts of a picture, which must be an SVG that any program opens."""
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - we drew it
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return [text for element in root.iter() if (text := (element.text or "").strip())]


@pytest.mark.parametrize(
    ("language", "scree", "plane"),
    [
        ("en", "What each principal component explains", "Clients on the first two principal components"),
        (
            "fr",
            "Ce que chaque composante principale explique",
            "Les clients sur les deux premières composantes principales",
        ),
    ],
)
def test_pictures_speak_the_language_and_show_nobody_alone(
    matrix: Write, run: Callable[..., PcaResult], language: str, scree: str, plane: str
) -> None:
    result = run(matrix(portfolio(900)), variance=0.8, language=language)
    assert scree in texts(files(result) / "scree.svg")
    assert plane in texts(files(result) / "plane.svg")
    drawn = (files(result) / "plane.svg").read_text(encoding="utf-8")
    clients = [int(n) for n in re.findall(r"\bn: (\d+)\"", drawn)]
    assert clients
    assert min(clients) >= 5


def test_pictures_of_protected_attributes_say_that_they_decide_nothing(
    matrix: Write, run: Callable[..., PcaResult]
) -> None:
    data = matrix(portfolio(300))
    manifest = json.loads((data / "manifest.json").read_text())
    (data / "manifest.json").write_text(json.dumps({**manifest, "profile": "kaggle"}))
    folder = files(run(data, k=2))
    for name in ("scree.svg", "plane.svg"):
        assert any("not to decide about anybody" in text for text in texts(folder / name))


def test_one_component_has_no_plane(matrix: Write, run: Callable[..., PcaResult]) -> None:
    folder = files(run(matrix(portfolio(300)), k=1))
    assert (folder / "scree.svg").exists()
    assert not (folder / "plane.svg").exists()


def test_the_sample_is_chosen_by_ids_alone_and_about_as_large_as_asked() -> None:
    ids = np.arange(100_000, 400_000)
    chosen = is_sampled(ids, sampled_to(10_000, of=len(ids)))
    assert 9_500 < chosen.sum() < 10_500
    assert abs(ids[chosen].mean() - ids.mean()) < 3_000
    shuffled = np.random.default_rng(1).permutation(ids)
    assert set(shuffled[is_sampled(shuffled, sampled_to(10_000, of=len(ids)))]) == set(ids[chosen])
    assert is_sampled(ids[:100], sampled_to(10_000, of=100)).all()
