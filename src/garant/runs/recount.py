"""Counts of a run's manifest after rows were taken out of its files."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from garant.storage import Json

_SCORES, _SET_ASIDE = "scores/", "scores/part-set-aside.parquet"


def recounted(manifest: Mapping[str, Json], gone: Mapping[str, pa.Table], *, n_clients: int) -> dict[str, Json]:
    """Manifest of a run without the rows that are `gone`, by the file in which they stood.

    What was counted row by row is counted down, sums of money too; unknown levels stay as they were met. Of all verbs
    the number of erased clients and rows is kept, never who it was.
    """
    before = manifest.get("erased", {"clients": 0, "rows": 0})
    n_rows = sum(rows.num_rows for rows in gone.values())
    after: dict[str, Json] = {
        **manifest,
        "erased": {"clients": before["clients"] + n_clients, "rows": before["rows"] + n_rows},
    }
    match manifest.get("verb"):
        case "score":
            return _recounted_scores(after, gone)
        case "pca":
            n_gone = _n_below("pca/pca_scores/", gone)
            return {**after, "rows": {**manifest["rows"], "clients": manifest["rows"]["clients"] - n_gone}}
        case _:
            return after


def _recounted_scores(manifest: dict[str, Json], gone: Mapping[str, pa.Table]) -> dict[str, Json]:
    scores = [rows for name, rows in gone.items() if name.startswith(_SCORES)]
    fewer = {
        "applicants": sum(rows.num_rows for rows in scores),
        "set_aside": gone[_SET_ASIDE].num_rows if _SET_ASIDE in gone else 0,
        "quarantined": _n_below("quarantine/", gone),
        "orphans": _n_below("orphans/", gone),
    }
    outcomes: Counter[str] = Counter()
    for rows in scores:
        outcomes.update(rows.column("outcome").to_pylist())
    return {
        **manifest,
        "expected_loss": _less_loss(manifest["expected_loss"], scores),
        "outcomes": {word: n - outcomes[word] for word, n in manifest["outcomes"].items()},
        "rows": {name: n - fewer.get(name, 0) for name, n in manifest["rows"].items()},
    }


def _n_below(folder: str, gone: Mapping[str, pa.Table]) -> int:
    return sum(rows.num_rows for name, rows in gone.items() if name.startswith(folder))


def _less_loss(said: Mapping[str, Any], scores: list[pa.Table]) -> dict[str, Any]:
    """Sums by outcome without those of the given rows; where none are stated nothing changes."""
    less: dict[str, Any] = dict(said)
    for column in ("ead", "expected_loss"):
        if column in said:
            sums = dict(said[column])
            for rows in scores:
                for word in sums:
                    mine = rows.filter(pc.equal(rows.column("outcome"), word))
                    sums[word] -= pc.sum(mine.column(column)).as_py() or 0.0
            less[column] = sums
    return less
