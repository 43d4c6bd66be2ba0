"""What is asked for: tables, model and options; from them the run is known before anything is started."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from garant.cloud.estimate import Load
from garant.cloud.findings import Uploaded, keep_findings, kept_findings
from garant.cloud.platform import Store
from garant.cloud.upload import read_uploaded
from garant.exceptions import UsageError
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import SIGNATURE_FILE
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import BUNDLE_FILE
from garant.policy.policy import load_policy
from garant.runs.accept import accepted_tables, require_tables
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.progress import Progress, silent
from garant.runs.score_identity import ScoreIdentity, score_identity
from garant.runs.score_options import ScoreOptions
from garant.runs.suppression import LIST
from garant.settings import Settings
from garant.storage import Location, staging
from garant.storage.s3 import Bucket
from garant.tables.accepted import AcceptedTables
from garant.tables.sources import CHILD_TABLES

_PARENTS: Final = ("application", "bureau", "previous_application")
"""Tables to whose ids others refer."""


@dataclass(frozen=True, slots=True)
class Order:
    """A run that is asked for.

    Parameters
    ----------
    uploaded : Uploaded
        The raw tables in the bucket.
    accepted : AcceptedTables
        What a check of them found.
    bundle : Bundle
        The model; this machine trusts its signature.
    options : ScoreOptions
        How to score.
    identity : ScoreIdentity
        What names the run.
    """

    uploaded: Uploaded
    accepted: AcceptedTables
    bundle: Bundle
    options: ScoreOptions
    identity: ScoreIdentity

    @property
    def run_id(self) -> str:
        """The run that `garant score` would make of the same."""
        return self.identity.run_id

    @property
    def load(self) -> Load:
        """How much there is to do."""
        return load_of(self.uploaded, self.options)


def load_of(uploaded: Uploaded, options: ScoreOptions) -> Load:
    """How much there is to do with these tables."""
    return Load(
        rows=uploaded.rows(),
        applicants=uploaded.rows("application"),
        parents=uploaded.rows(*_PARENTS),
        raw_bytes=uploaded.n_bytes,
        explain=options.explain,
    )


def take_order(
    bundle: Location,
    store: Store,
    *,
    options: ScoreOptions,
    settings: Settings,
    progress: Progress = silent,
) -> Order:
    """Find out which run is asked for, without starting anything.

    Parameters
    ----------
    bundle : Location
        Folder of the model, here or in a bucket.
    store : Store
        Buckets of the platform.
    options : ScoreOptions
        How to score; tables that were left out of the upload are left out.
    settings : Settings
        Trusted keys, policy, all about S3.
    progress : Progress
        Told of what is fetched.

    Raises
    ------
    UsageError
        When nothing was uploaded, or clients were erased from the folder of runs.
    DataError, BundleError
        As of `garant score`.
    """
    trust = Trust.of(settings)
    with staging(settings, progress=progress) as at:
        read = read_bundle(at.fetched(bundle), trust)
        require_nobody_erased(at.runs(store.runs).document(LIST), store)
    uploaded, accepted = found_tables(store, settings=settings, progress=progress)
    require_tables(accepted, read.content.tables)
    options.accept_quarantine.require(accepted, data=store.initial)
    features = bundle_features(read, memory=trust.loaded) if accepted.report.absent else ()
    missing = require_columns(features, read.content, accepted, allow_missing=options.allow_missing_columns)
    identity = score_identity(
        options,
        bundle=read,
        accepted=accepted,
        policy=load_policy(settings.policy_file),
        missing=missing,
        hidden=None,
    )
    return Order(uploaded, accepted, read, options, identity)


def found_tables(store: Store, *, settings: Settings, progress: Progress = silent) -> tuple[Uploaded, AcceptedTables]:
    """What lies in the bucket and what a check of it found; they are fetched and checked here when nobody kept that."""
    place = store.initial
    with (
        closing(Bucket(place.bucket, settings)) as raw,
        closing(Bucket(store.buckets["curated"], settings)) as curated,
    ):
        uploaded = read_uploaded(raw, place.prefix)
        where = store.findings(uploaded.digest).prefix
        if (kept := kept_findings(curated, where)) is not None:
            return uploaded, kept
        present = {file.table for file in uploaded.manifest.files.values()}
        with staging(settings, progress=progress) as at:
            folder = at.fetched(place)
            accepted = accepted_tables(
                folder, purpose="score", without=_left_out(present), settings=settings, progress=progress
            )
            keep_findings(curated, where, accepted)
        return uploaded, accepted


def require_nobody_erased(listed: object, store: Store) -> None:
    """Refuse a folder of runs with a list of erased clients: whoever scores there needs its key, which stays here.

    Raises
    ------
    UsageError
        When there is such a list.
    """
    if listed is not None:
        raise UsageError(
            f"{store.runs}: clients were erased there ({LIST}), and whoever scores needs the key of that list, which "
            f"no job is given. Score here: garant score {store.initial} --bundle MODEL --out {store.runs}"
        )


def send_bundle(bundle: Bundle, store: Store, settings: Settings) -> bool:
    """Have the bundle lie under its digest; say whether it was sent now."""
    place = store.bundle(bundle.digest)
    with closing(Bucket(place.bucket, settings)) as bucket:
        # Sent last: what has it is whole.
        if bucket.read((place / BUNDLE_FILE).prefix) is not None:
            return False
        for name in (SIGNATURE_FILE, *sorted(bundle.files), BUNDLE_FILE):
            bucket.put_file(bundle.folder / name, (place / name).prefix)
    return True


def score_words(order: Order, store: Store) -> list[str]:
    """Words of the command that a job runs: those that name the same run here."""
    options = order.options
    return [
        "score",
        str(store.initial),
        *("--bundle", str(store.bundle(order.bundle.digest))),
        *("--out", str(store.runs)),
        *("--engine", "spark"),
        *("--format", options.file_format),
        *("--explain", options.explain),
        *("--purpose", options.purpose),
        *("--lang", options.language),
        *("--accept-quarantine", options.accept_quarantine.text),
        *(["--allow-missing-columns"] if options.allow_missing_columns else []),
        *(word for table in order.accepted.report.without for word in ("--without", table)),
    ]


def pca_words(order: Order, store: Store, *, components: int) -> list[str]:
    """Words of the command that makes the components of the clients that were scored."""
    return [
        "pca",
        str(store.runs),
        *("--bundle", str(store.bundle(order.bundle.digest))),
        *("--out", str(store.pca(order.run_id))),
        *("--components", str(components)),
        *("--engine", "spark"),
        *("--lang", order.options.language),
    ]


def driver_variables(signer: str, *, region: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of a driver.

    Parameters
    ----------
    signer : str
        Public key that signed the bundle and that this machine trusts: the job trusts it alone.
    region : str
        Region of the buckets.
    extra : mapping or None
        More of it.
    """
    return {
        "AWS_REGION": region,
        # In the folder that the job runs in: the home of a worker may not be one that can be written.
        "GARANT_CACHE_FOLDER": "garant-cache",
        "GARANT_TRUSTED_KEYS": signer,
        **(extra or {}),
    }


def _left_out(present: set[str]) -> tuple[str, ...]:
    return tuple(table for table in CHILD_TABLES if table not in present)
