"""`garant bundle compare`: two bundles score the same applicants, and every difference is accounted for."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.models.cutoff import Costs
from garant.runs.comparison.causes import FamilyShift, ReasonCount, by_cutoff_alone, family_shifts, reason_counts
from garant.runs.comparison.flows import Book, Flow, book_of, flows_of
from garant.runs.comparison.groups import GroupChange, group_changes
from garant.runs.comparison.pairs import Pairs, pairs_of
from garant.runs.progress import Progress, silent
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.settings import Settings
from garant.storage import atomic_path
from garant.storage.scratch import scratch_folder
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit
from garant.tables.schema import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two bundles on the same applicants.

    Parameters
    ----------
    a, b : Bundle
        The bundle in use, and the one that might replace it.
    data : str
        Digest of the data.
    currency : str or None
        Unit of the credits.
    pairs : Pairs
        Every applicant.
    flows : tuple of Flow
        All nine pairs of outcomes.
    books : tuple of (Book, Book)
        The portfolio by A and by B, both measured with the costs of A.
    reasons : tuple of ReasonCount
        First reasons of those whose outcome differs.
    families : tuple of FamilyShift
        What moves their PD.
    groups : tuple of GroupChange
        Outcomes by group.
    by_cutoff : int
        How many outcomes differ by the cut-off or the band alone.
    uneven : tuple of str
        Text ids of what makes the two hard to compare.
    """

    a: Bundle
    b: Bundle
    data: str
    currency: str | None
    pairs: Pairs
    flows: tuple[Flow, ...]
    books: tuple[Book, Book]
    reasons: tuple[ReasonCount, ...]
    families: tuple[FamilyShift, ...]
    groups: tuple[GroupChange, ...]
    by_cutoff: int
    uneven: tuple[str, ...]

    @property
    def n_changed(self) -> int:
        """Applicants whose outcome differs."""
        return int(self.pairs.changed.sum())

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; no row of a person."""
        return {
            "a": self.a.digest,
            "b": self.b.digest,
            "data": self.data,
            "applicants": len(self.pairs),
            "changed": self.n_changed,
            "changed_by_cutoff_alone": self.by_cutoff,
            "uneven": [key.rpartition(".")[2] for key in self.uneven],
            "flows": [asdict(flow) for flow in self.flows],
            "books": {"a": asdict(self.books[0]), "b": asdict(self.books[1])},
            "reasons": [asdict(count) for count in self.reasons],
            "families": [_without_nan(asdict(shift)) for shift in self.families],
            "groups": [asdict(group) for group in self.groups],
        }


def compare(
    data: Path,
    a: Path,
    b: Path,
    *,
    settings: Settings,
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT,
    allow_missing_columns: bool = False,
    progress: Progress = silent,
) -> Comparison:
    """Score `data` with the bundles in the folders `a` and `b` and compare what they propose.

    Each bundle reads the tables that it was trained on. Nothing is kept: the scores are a simulation.

    Raises
    ------
    DataError
        When the data are refused, or have more rows in quarantine than `accept_quarantine` says.
    BundleError
        When a bundle cannot be trusted, or was trained on tables or columns that the data lack.
    """
    with scratch_folder("compare") as scratch:
        results: list[ScoreResult] = []
        for folder in (a, b):
            bundle = read_bundle(folder, Trust.of(settings))
            options = ScoreOptions(
                purpose="simulation",
                without=tuple(table for table in TABLES if table not in bundle.content.tables),
                accept_quarantine=accept_quarantine,
                allow_missing_columns=allow_missing_columns,
            )
            place = scratch / str(len(results))
            results.append(score(data, folder, place, options=options, settings=settings, progress=progress))
        return _compared(*results)


def write_changes(path: Path, found: Comparison) -> int:
    """Write everybody whose outcome differs to `path`, Parquet or (by its ending) CSV; return how many.

    Only the owner may read the file.
    """
    pairs, rows = found.pairs, np.flatnonzero(found.pairs.changed)
    words = ("accept", "refer", "refuse")
    columns = {
        "SK_ID_CURR": pairs.client.take(pa.array(rows)).to_pylist(),
        "outcome_a": [words[pairs.a.outcome[row]] for row in rows],
        "outcome_b": [words[pairs.b.outcome[row]] for row in rows],
        "pd_a": pa.array(pairs.a.pd[rows], from_pandas=True),
        "pd_b": pa.array(pairs.b.pd[rows], from_pandas=True),
        "reason_a": [pairs.a.reason[row] for row in rows],
        "reason_b": [pairs.b.reason[row] for row in rows],
        # Unknown is NULL in the file, whatever stands for it in an array.
        "credit": pa.array(pairs.credit[rows], from_pandas=True),
        "label": pa.array(pairs.label[rows], from_pandas=True),
    }
    table = pa.table(columns)
    with atomic_path(path, private=True) as temporary:
        if path.suffix == ".csv":
            pc_csv.write_csv(table, temporary)
        else:
            pq.write_table(table, temporary)
    return len(rows)


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in values.items()}  # noqa: PLR0124 - NaN alone


def _compared(a: ScoreResult, b: ScoreResult) -> Comparison:
    pairs = pairs_of(a, b)
    return Comparison(
        a=a.bundle,
        b=b.bundle,
        data=a.accepted.digest,
        currency=a.accepted.config.money.currency,
        pairs=pairs,
        flows=flows_of(pairs),
        books=(book_of(pairs, pairs.a), book_of(pairs, pairs.b)),
        reasons=reason_counts(pairs),
        families=family_shifts(a, b, pairs),
        groups=group_changes(a.accepted, pairs),
        by_cutoff=by_cutoff_alone(pairs),
        uneven=_uneven(a, b),
    )


def _seen(result: ScoreResult) -> bool:
    """Whether the bundle was trained on these very data."""
    return result.accepted.digest in result.bundle.content.inputs.values()


def _costs(result: ScoreResult) -> dict[str, Costs]:
    cutoffs = result.bundle.content.cutoffs
    return {"": cutoffs.single.costs} | {name: terms.costs for name, terms in cutoffs.products.items()}


def _uneven(a: ScoreResult, b: ScoreResult) -> tuple[str, ...]:
    """Text ids of what a reader must know before comparing."""
    one, other = a.bundle.content, b.bundle.content
    found = {
        "compare.uneven.label": one.label != other.label,
        "compare.uneven.profile": one.profile != other.profile,
        "compare.uneven.costs": _costs(a) != _costs(b),
        "compare.uneven.tables": one.tables != other.tables,
        "compare.uneven.seen": _seen(a) or _seen(b),
    }
    return tuple(key for key, holds in found.items() if holds)
