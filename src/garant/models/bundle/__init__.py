"""The model bundle: a folder that holds everything a decision is made with, readable without garant."""

from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.writing import write_bundle

__all__ = ["Bundle", "read_bundle", "recut", "write_bundle"]
