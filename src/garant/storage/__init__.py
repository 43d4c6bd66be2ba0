"""Durable files, committed runs, and folders that lie in a bucket.

`atomic_path` and `atomic_folder` write on a local disk; `staging` brings a folder from S3 and sends one there.
"""

from garant.storage.documents import Json, canonical_json, read_json, sha256_file, sha256_json, write_json
from garant.storage.durable import atomic_folder, atomic_path, check_writable
from garant.storage.location import Location, S3Location, parse_local, parse_location
from garant.storage.runs import LocalRuns, Run, Runs, manifest_digest
from garant.storage.staging import Staging, staging

__all__ = [
    "Json",
    "LocalRuns",
    "Location",
    "Run",
    "Runs",
    "S3Location",
    "Staging",
    "atomic_folder",
    "atomic_path",
    "canonical_json",
    "check_writable",
    "manifest_digest",
    "parse_local",
    "parse_location",
    "read_json",
    "sha256_file",
    "sha256_json",
    "staging",
    "write_json",
]
