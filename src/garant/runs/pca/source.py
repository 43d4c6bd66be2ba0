"""What components are made of: clients of raw tables or of a stored matrix, and their numeric features."""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.protocol import Engine
from garant.exceptions import DataError, InvariantError, UsageError
from garant.features.catalogue import catalogue_of
from garant.features.feature import Feature, Profile
from garant.models.bundle.reading import Bundle
from garant.projection.components import Components
from garant.runs.accept import accepted_tables, tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.matrix import write_matrix
from garant.runs.pca.hidden import Hidden
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.parts import Parts
from garant.runs.progress import Progress, silent
from garant.runs.set_aside_files import left_out
from garant.runs.stored_matrix import StoredMatrix, open_stored
from garant.settings import Settings
from garant.storage import Run, Runs
from garant.storage.reach import Reach, Written
from garant.tables.accepted import AcceptedTables

SHOWN = 5
"""Features named in a message; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows and columns, not yet read.

    Parameters
    ----------
    digest : str
        Of the rows.
    rows : int
        Clients.
    columns : tuple of str
        Numeric features to use, sorted by name.
    n_categories : int
        Features that are no numbers and are left out.
    profile : str or None
        Which features there are; None where the matrix does not say it.
    stored : StoredMatrix or None
        The matrix, where it is there already.
    accepted : AcceptedTables or None
        The raw tables, where it is yet to be built.
    features : tuple of Feature
        Features to build.
    missing_columns : tuple of str
        Raw columns that the bundle learned from and that are read as empty.
    """

    digest: str
    rows: int
    columns: tuple[str, ...]
    n_categories: int
    profile: str | None
    stored: StoredMatrix | None = None
    accepted: AcceptedTables | None = None
    features: tuple[Feature, ...] = ()
    missing_columns: tuple[str, ...] = ()

    @contextmanager
    def seen_by(self, hidden: Hidden, settings: Settings) -> Generator["Seen"]:
        """Yield the clients who were not erased."""
        if self.accepted is not None:
            with left_out(self.accepted, hidden.of_out, settings) as (accepted, n_hidden):
                n_rows = sum(pq.read_metadata(file).num_rows for file in accepted.files["application"])
                yield Seen(self, n_rows, n_hidden, accepted=accepted)
        elif self.stored is not None:
            clients = frozenset().union(*(hidden.among(part) for part in self.stored.parts))
            yield Seen(self, self.rows - len(clients), len(clients), stored=self.stored, left_out=clients)


@dataclass(frozen=True, slots=True)
class Seen:
    """A source without those who were erased.

    Parameters
    ----------
    source : Source
        Of whom.
    rows : int
        Clients who are there.
    n_hidden : int
        Clients who are left out.
    accepted : AcceptedTables or None
        Raw tables without them.
    stored : StoredMatrix or None
        The matrix, with them.
    left_out : frozenset of int
        Who they are, where the matrix has them.
    """

    source: Source
    rows: int
    n_hidden: int
    accepted: AcceptedTables | None = None
    stored: StoredMatrix | None = None
    left_out: frozenset[int] = frozenset()

    def reach(self, runs: Runs, run: Run, settings: Settings) -> Reach:
        """How tasks reach the run and what it is made of where they do not see this disk; it is made reachable."""
        if self.accepted is not None:
            files = [file for parts in self.accepted.files.values() for file in parts]
            return Reach(runs.mounts(run, self.accepted.folder, files), settings)
        return Reach(
            runs.mounts(run, self.stored.folder, self.stored.parts) if self.stored is not None else (), settings
        )

    def build(self, engine: Engine, folder: Path, *, progress: Progress) -> tuple[Written, ...]:
        """Write the matrix of the raw tables to `folder`."""
        if self.accepted is None:
            raise InvariantError("A stored matrix was about to be built again.")
        return write_matrix(engine, self.accepted, self.source.features, folder, progress=progress)

    def parts(self, built: Sequence[Written], *, reach: Reach) -> Parts:
        """Parts of the matrix: those that were `built`, or the stored ones."""
        if self.stored is None:
            return Parts(files=tuple(part.path for part in built), rows=self.rows, reach=reach)
        return Parts(
            files=self.stored.parts,
            rows=self.rows,
            left_out=self.left_out,
            digests=self.stored.digests,
            reach=reach,
        )


def open_source(
    data: Path,
    *,
    bundle: Bundle | None,
    components: Components | None,
    options: PcaOptions,
    settings: Settings,
    progress: Progress = silent,
) -> Source:
    """Find out what `data` is and which of its features are used.

    With `components` of an earlier run those that they are made of; else with a `bundle` its numeric inputs; else every
    numeric feature of the profile, or of the stored matrix.

    Raises
    ------
    UsageError
        When a profile is asked for that bundle or matrix decide.
    DataError, BundleError
        When the data are refused, or lack a feature that is needed.
    """
    if options.profile is not None and (bundle is not None or components is not None):
        raise UsageError("--profile chooses features where nothing else does: leave it out with --bundle or --with.")
    stored = open_stored(data)
    if stored is None:
        return _of_tables(
            data, bundle=bundle, components=components, options=options, settings=settings, progress=progress
        )
    if options.profile is not None and stored.profile != options.profile.value:
        raise UsageError(f"{data}: its features are those of a matrix that is there already. Leave out --profile.")
    return _of_stored(data, stored, bundle=bundle, components=components)


def _of_stored(data: Path, stored: StoredMatrix, *, bundle: Bundle | None, components: Components | None) -> Source:
    needed = [column.name for column in bundle.columns] if bundle is not None else []
    _require(data, stored.columns, needed, by="the bundle uses")
    if components is not None:
        _require(data, stored.columns, components.columns, by="the components are made of")
    numbers = {name for name, kind in stored.columns.items() if kind == pa.float64()}
    considered = set(needed) if bundle is not None else set(stored.columns)
    return Source(
        digest=stored.digest,
        rows=stored.rows,
        columns=components.columns if components is not None else tuple(sorted(considered & numbers)),
        n_categories=len(considered - numbers),
        profile=bundle.content.profile if bundle is not None else stored.profile,
        stored=stored,
    )


def _require(data: Path, there: Collection[str], names: Sequence[str], *, by: str) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        raise DataError(
            f"{data}: the matrix lacks features that {by}: {', '.join(missing[:SHOWN])}{more}. Build it again with "
            "`garant feature build`, or give the raw tables."
        )


def _of_tables(
    data: Path,
    *,
    bundle: Bundle | None,
    components: Components | None,
    options: PcaOptions,
    settings: Settings,
    progress: Progress,
) -> Source:
    if bundle is not None:
        accepted = tables_for_bundle(
            data, bundle.content.tables, without=options.without, settings=settings, progress=progress
        )
    else:
        accepted = accepted_tables(data, purpose="score", without=options.without, settings=settings, progress=progress)
    options.accept_quarantine.require(accepted, data=data)
    inputs = bundle_features(bundle) if bundle is not None else ()
    missing = (
        require_columns(inputs, bundle.content, accepted, allow_missing=options.allow_missing_columns)
        if bundle is not None
        else {}
    )
    profile = bundle.content.profile if bundle is not None else (options.profile or Profile.EU).value
    considered = inputs or catalogue_of(accepted.config, accepted.tables, Profile(profile))
    learned = _learned(data, accepted, components)
    numbers = sorted(feature.name for feature in considered if not feature.is_category)
    return Source(
        digest=accepted.digest,
        rows=accepted.report.table("application").accepted,
        columns=components.columns if components is not None else tuple(numbers),
        n_categories=len(considered) - len(numbers),
        profile=profile,
        accepted=accepted,
        features=tuple({f.name: f for f in (*considered, *learned)}.values()),
        missing_columns=tuple(sorted(missing)),
    )


def _learned(data: Path, accepted: AcceptedTables, components: Components | None) -> list[Feature]:
    """Features that components of an earlier run are made of, whatever the profile."""
    if components is None:
        return []
    known = {f.name: f for f in catalogue_of(accepted.config, accepted.tables, Profile.KAGGLE)}
    missing = [name for name in components.columns if name not in known]
    if missing:
        raise DataError(
            f"{data}: the components are made of {', '.join(missing[:SHOWN])}, which these tables do not give. Make "
            "components of them with --components or --variance."
        )
    return [known[name] for name in components.columns]
