"""The definitions behind a bundle's inputs, checked to be those it was trained with."""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from garant.exceptions import BundleFormatError, RunError
from garant.features.catalogue import catalogue
from garant.features.feature import Feature, Profile
from garant.models.bundle.fingerprint import feature_fingerprint
from garant.models.bundle.reading import Bundle
from garant.runs.code_digest import code_digest
from garant.runs.feature_definitions import definitions
from garant.storage import sha256_json, write_json

_agreed: set[str] = set()
"""Digests of bundles whose definitions this process found to be its own."""


def bundle_features(bundle: Bundle, *, memory: Path | None = None) -> tuple[Feature, ...]:
    """Features of the catalogue in the order of the bundle's inputs.

    Parameters
    ----------
    bundle : Bundle
        Says what it was trained with.
    memory : Path or None
        Folder in which it is remembered that a bundle and this code agree, for whoever waits for one answer: writing
        out 374 definitions takes more than a second. Any change of garant or of Ibis asks again.

    Raises
    ------
    BundleFormatError
        When the bundle was trained with other definitions than those of this version: the same name could then mean
        another number.
    """
    own = bundle.content.extras or {}
    known = {feature.name: feature for feature in catalogue(bundle.content.tables, Profile.KAGGLE, own)}
    missing = [column.name for column in bundle.columns if column.name not in known]
    if missing:
        message = (
            f"The bundle uses {', '.join(missing[:5])}, which this version of garant does not define. Train again."
        )
        raise BundleFormatError(message)
    features = tuple(known[column.name] for column in bundle.columns)
    if bundle.digest not in _agreed:
        _check(bundle, features, memory)
        _agreed.add(bundle.digest)
    return features


def _check(bundle: Bundle, features: tuple[Feature, ...], memory: Path | None) -> None:
    identity = {"bundle": bundle.digest, "code": code_digest(), "ibis": version("ibis-framework")}
    seen = memory / f"{sha256_json(identity)}.json" if memory is not None else None
    if seen is not None and seen.is_file():
        return
    if feature_fingerprint(definitions(features, bundle.columns)) != bundle.content.feature_fingerprint:
        message = (
            f"The bundle was trained by garant {bundle.content.garant_version} with other definitions of its features. "
            "Use that version, or train again."
        )
        raise BundleFormatError(message)
    if seen is not None:
        # Where the cache cannot be written the definitions are compared again next time.
        with suppress(RunError):
            write_json(seen, identity)
