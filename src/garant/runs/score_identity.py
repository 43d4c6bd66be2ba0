"""What decides the content of a scoring run: known before anything is computed, here or where a job will run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from garant import __version__
from garant.models.bundle.reading import Bundle
from garant.policy.policy import Policy
from garant.runs.score_options import ScoreOptions
from garant.runs.score_rows import SCORES
from garant.storage import Json, sha256_json
from garant.tables.accepted import AcceptedTables

VERB = "score"


@dataclass(frozen=True, slots=True)
class ScoreIdentity:
    """What a scoring run is made of.

    Parameters
    ----------
    document : mapping
        Digests and parameters, as they stand in the manifest.
    config : str
        Digest of what ``tables.toml`` says.
    """

    document: Mapping[str, Json]
    config: str

    @property
    def run_id(self) -> str:
        """16 hexadecimal digits that name the run, whoever makes it and wherever."""
        return sha256_json(self.document)[:16]


def score_identity(
    options: ScoreOptions,
    *,
    bundle: Bundle,
    accepted: AcceptedTables,
    policy: Policy,
    missing: Collection[str],
    hidden: str | None,
) -> ScoreIdentity:
    """Identity of the run of these tables with this bundle.

    Parameters
    ----------
    options : ScoreOptions
        How to score.
    bundle, accepted, policy
        Model, tables and rules.
    missing : collection of str
        Columns that the bundle learned from and that are read as empty.
    hidden : str or None
        Digest of the list of erased clients beside the runs.
    """
    parameters = {
        "explain": options.explain,
        "format": options.file_format,
        "language": options.language,
        "missing_columns": sorted(missing),
        "purpose": options.purpose,
    }
    document = {
        "bundle": bundle.digest,
        "code": __version__,
        "input": accepted.digest,
        "parameters": parameters,
        "policy": policy.digest,
        "schema": str(SCORES),
        "suppressed": hidden,
        "verb": VERB,
    }
    return ScoreIdentity(document, sha256_json(accepted.config.to_dict()))
