"""A synthetic lender, its model, and what is asked of the service and of its peers about the same people."""

import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.features.encode import encode
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.runs.matrix import read_matrix
from garant.runs.score import ScoreOptions, score
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.storage import LocalRuns
from garant.tables.synthetic import generate
from raw_records import raw_records

SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, and what is known of the answers.

    Parameters
    ----------
    bundle : Path
        The lender's model.
    raw : Path
        Raw records of one person a line, for the service.
    ready : Path
        Features of one person a line, in the same order, for the peers.
    pickled, text : Path
        The same trees as a pickle and as LightGBM's text, for the peers.
    pds : Path
        PD of each by the batch path, in the same order.
    settings : dict of str to str
        Environment of garant's commands: keys and cache of this folder alone.
    about : dict
        What it is, for the results file.
    """

    bundle: Path
    raw: Path
    ready: Path
    pickled: Path
    text: Path
    pds: Path
    settings: dict[str, str]
    about: dict[str, Any]


def prepare(folder: Path, *, scale: float, people: int, thorough: bool = False) -> Asked:
    """Make what is not in `folder` yet: lender, model with every feature, scores, and the questions."""
    lender, bundle = folder / "lender", folder / "model"
    paths = {name: folder / f"{name}.jsonl" for name in ("raw", "ready", "pds")}
    settings = Settings(cache_folder=folder / "cache", development_key=folder / "development.key")
    if not bundle.exists():
        generate(lender, scale=scale, seed=SEED, file_format="parquet")
        # Every feature, a challenger, and members for the refer band; fast means fewer trees.
        options = TrainOptions(seed=SEED, fast=not thorough, members=2, folds=2, variants=False)
        train(lender, bundle, options=options, settings=settings)
    opened = read_bundle(bundle, Trust.of(settings))
    if not paths["pds"].exists():
        score(lender, bundle, folder / "runs", options=ScoreOptions(explain="none"), settings=settings)
        bodies = raw_records(lender, people)
        run = LocalRuns(folder / "runs").current().folder
        matrix = read_matrix(sorted(run.glob("matrix/part-*.parquet")))
        rows = {int(client): row for row, client in enumerate(matrix.column("SK_ID_CURR").to_pylist())}
        of_them = matrix.take(pa.array([rows[client] for client in bodies]))
        inputs = encode(of_them, opened.columns)
        names = [column.name for column in opened.columns]
        scores = pa.concat_tables([pq.read_table(part) for part in sorted(run.glob("scores/part-*.parquet"))])
        known = dict(zip(scores["SK_ID_CURR"].to_pylist(), scores["pd"].to_pylist(), strict=True))
        _lines(paths["raw"], list(bodies.values()))
        _lines(paths["ready"], [json.dumps(_features(names, row)).encode() for row in inputs])
        _lines(paths["pds"], [json.dumps(known[client]).encode() for client in bodies])
    pickled = folder / "model.pickle"
    pickled.write_bytes(pickle.dumps(lightgbm.Booster(model_file=bundle / "model.txt")))
    sizes = [len(line) for line in paths["raw"].read_bytes().splitlines()]
    return Asked(
        bundle=bundle,
        raw=paths["raw"],
        ready=paths["ready"],
        pickled=pickled,
        text=bundle / "model.txt",
        pds=paths["pds"],
        settings={
            "GARANT_CACHE_FOLDER": str(settings.cache_folder),
            "GARANT_DEVELOPMENT_KEY": str(settings.development_key),
        },
        about={
            "features": len(opened.columns),
            "trees": opened.booster.num_trees(),
            "challenger": opened.content.challenger is not None,
            "people": len(sizes),
            "raw_kb": {"median": round(float(np.median(sizes)) / 1e3, 1), "largest": round(max(sizes) / 1e3, 1)},
            "lender_scale": scale,
        },
    )


def _features(names: Sequence[str], row: Any) -> dict[str, float | None]:  # noqa: ANN401 - a row of an array
    return {name: None if np.isnan(value) else float(value) for name, value in zip(names, row, strict=True)}


def _lines(path: Path, values: Sequence[bytes]) -> None:
    path.write_bytes(b"".join(value + b"\n" for value in values))
