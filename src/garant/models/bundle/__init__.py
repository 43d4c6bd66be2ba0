"""The model bundle: a folder that holds everything a decision is made with, readable without garant."""

from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.signing import sign_bundle
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle

__all__ = ["Bundle", "Signer", "Trust", "read_bundle", "recut", "sign_bundle", "write_bundle"]
