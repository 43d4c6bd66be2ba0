"""What the deck may take numbers from: named documents, read key by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BUNDLE = "bundle.json"
RUN = "manifest.json"
CLIENT = "client"
PROJECTION = "projection"
CLOUD = "garant.cloud"
CODE = "garant"
LAW = "Regulation (EU) 2016/679"
RESULTS = "benchmarks/results/"
"""Prefix of the names of benchmark results: the folder of a checkout that they are committed in."""

SEPARATOR = " > "
"""Between the name of a document and a key in it."""

Key = str | int


@dataclass(frozen=True, slots=True)
class Found:
    """What a document holds under a key.

    Parameters
    ----------
    value : object
        None where document or key is missing.
    source : str
        Document and key, as the notes of a slide name them.
    """

    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Documents by name.

    Parameters
    ----------
    documents : mapping of str to object
        Each as JSON holds it. One that is not there is a gap wherever it is asked for.
    titles : mapping of str to str
        What the notes call a document whose name is not enough: a run by its id, a client by a pseudonym.
    """

    documents: Mapping[str, Any]
    titles: Mapping[str, str]

    def find(self, document: str, *keys: Key) -> Found:
        """Value under `keys`, one after the other."""
        source = f"{self.titles.get(document, document)}{SEPARATOR}{'/'.join(map(str, keys))}"
        value = self.documents.get(document)
        for key in keys:
            if isinstance(value, Mapping):
                value = value.get(key)
            elif isinstance(value, list | tuple) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                value = None
        return Found(value, source)

    def has(self, document: str) -> bool:
        """Whether the document is there."""
        return self.documents.get(document) is not None
