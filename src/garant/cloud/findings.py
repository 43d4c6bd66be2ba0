"""What a check of the uploaded tables found, kept beside them: the run id is known without fetching the tables again.

Only counts, digests and the configuration are kept, no row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from garant import __version__
from garant.exceptions import DataError
from garant.storage import Json, canonical_json, read_json, sha256_json
from garant.storage.s3 import Bucket
from garant.tables.accepted import FORMAT_VERSION, MANIFEST, AcceptedTables, described
from garant.tables.manifest import Listed, Manifest

FOUND = "found.json"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Raw tables in the bucket, as their manifest and their ``tables.toml`` describe them.

    Parameters
    ----------
    manifest : Manifest
        Files with rows, bytes and sha256.
    config : str
        Text of ``tables.toml``; empty where there is none.
    """

    manifest: Manifest
    config: str

    @property
    def digest(self) -> str:
        """Names the place of what was found: another garant or another pyarrow may find something else."""
        made_by = {"code": __version__, "format": FORMAT_VERSION, "pyarrow": version("pyarrow")}
        return sha256_json({"config": self.config, "manifest": self.manifest.model_dump(mode="json"), **made_by})

    def rows(self, *tables: str) -> int:
        """Rows of tables; of all of them when none is named."""
        return sum(file.rows for file in self.manifest.files.values() if not tables or file.table in tables)

    @property
    def n_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.manifest.files.values())


def manifest_of(accepted: AcceptedTables) -> Manifest:
    """Manifest of the raw files that were read."""
    return Manifest(
        files={
            file.file: Listed(table=file.table, rows=file.rows, bytes=file.bytes, sha256=file.sha256)
            for file in accepted.report.files
        }
    )


def keep_findings(bucket: Bucket, prefix: str, accepted: AcceptedTables) -> None:
    """Keep what was found below `prefix`."""
    bucket.put(f"{prefix}/{FOUND}", canonical_json(read_json(accepted.folder / MANIFEST)).encode())


def kept_findings(bucket: Bucket, prefix: str) -> AcceptedTables | None:
    """What was found, as accepted tables whose files are not here; None when nothing is kept that can be used."""
    there = bucket.read(f"{prefix}/{FOUND}")
    if there is None:
        return None
    try:
        said: Json = json.loads(there.content)
        return described(said if isinstance(said, Mapping) else {}, Path(FOUND))
    except (ValueError, DataError):
        # Whatever it is, the tables themselves can be checked again.
        return None
