"""Signing a bundle that is there already."""

from pathlib import Path

from garant.exceptions import BundleSignatureError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import bundle_json, described_files
from garant.models.bundle.signature import SIGNATURE_FILE, Signature, Signer, read_signature
from garant.storage import atomic_path


def sign_bundle(folder: Path, signer: Signer) -> tuple[BundleContent, Signature | None]:
    """Write ``bundle.sig`` of the bundle `folder` anew, in one step; nothing else changes, its digest neither.

    Everything but the trust in its present signature is checked first. LightGBM does not see the model: a signature is
    what lets it.

    Returns
    -------
    BundleContent
        What was signed.
    Signature or None
        Whose signature was replaced.

    Raises
    ------
    BundleSignatureError
        When there is a signature and it does not fit: the bundle was altered, and signing would hide that.
    BundleDigestError, BundleFormatError, BundleError
        As `read_bundle`.
    """
    text = bundle_json(folder)
    try:
        before = read_signature(folder, text)
    except BundleSignatureError as error:
        if error.rule != "unsigned":
            raise
        before = None
    content, _ = described_files(folder, text)
    with atomic_path(folder / SIGNATURE_FILE) as temporary:
        temporary.write_bytes(signer.sign(text))
    return content, before
