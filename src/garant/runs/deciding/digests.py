"""Digests of what a decision is made with."""

import hashlib

from garant.decisions.record import Digests
from garant.models.bundle.reading import Bundle
from garant.policy.policy import Policy
from garant.wording.catalogue import LANGUAGES, source


def digests_of(bundle: Bundle, policy: Policy) -> Digests:
    """Sha256 of the bundle, the definitions of its features, the policy, and the files of all sentences."""
    return Digests(
        bundle=bundle.digest,
        features=bundle.content.feature_fingerprint,
        policy=policy.digest,
        wording=wording_digest(),
    )


def wording_digest() -> str:
    """Sha256 of the files that all sentences come from."""
    found = hashlib.sha256()
    for language in sorted(LANGUAGES):
        text = source(language).read_bytes()
        found.update(f"{language} {len(text)}\n".encode() + text)
    return found.hexdigest()
