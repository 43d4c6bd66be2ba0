"""How the bundle that decides came to decide: its entry in the registry that it is served from, and the one before."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from garant.exceptions import BundleError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.content_text import parse_content
from garant.models.bundle.promotion.registry import REGISTRY_FILE, Promotion, Registry, bundle_folder, read_registry
from garant.models.bundle.reading import Bundle, bundle_json
from garant.models.bundle.writing import BUNDLE_FILE
from garant.storage import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """A bundle of a registry.

    Parameters
    ----------
    registry : Registry
        Which one is the champion, and every promotion.
    entry : Promotion or None
        Latest promotion of the bundle to champion; None of one that never was.
    before : BundleContent or None
        What the champion before says of itself; None of a first one, or when its file is gone or another one.
    """

    registry: Registry
    entry: Promotion | None
    before: BundleContent | None

    @property
    def replaces(self) -> str | None:
        """Digest of the champion before."""
        return None if self.entry is None else self.entry.replaces

    def as_json(self) -> Json:
        """What a page tells of the promotion."""
        entry = self.entry
        return {
            "challengers": list(self.registry.challengers),
            "time": None if entry is None else entry.time,
            "replaces": self.replaces,
            "key": None if entry is None else entry.key_id,
            "development": entry is not None and entry.development,
            "waiver": None if entry is None or entry.waiver is None else entry.waiver.text,
        }


def promotion_of(bundle: Bundle) -> Promoted | None:
    """Promotion of a bundle; None when it is served from a folder of its own.

    Raises
    ------
    PromotionError
        When the registry cannot be read or contradicts itself.
    """
    root = bundle.folder.parent.parent
    if bundle_folder(root, bundle.digest) != bundle.folder or not (root / REGISTRY_FILE).is_file():
        return None
    registry = read_registry(root)
    entries = [each for each in registry.history if each.bundle == bundle.digest and each.role == "champion"]
    entry = entries[-1] if entries else None
    before = None if entry is None or entry.replaces is None else _content(root, entry.replaces)
    return Promoted(registry=registry, entry=entry, before=before)


def _content(root: Path, digest: str) -> BundleContent | None:
    """What a kept bundle says of itself, when its text is the one of that digest: nothing of it is used to score."""
    folder = bundle_folder(root, digest)
    try:
        text = bundle_json(folder)
        if hashlib.sha256(text).hexdigest() != digest:
            return None
        return parse_content(text, where=str(folder / BUNDLE_FILE))
    except BundleError:
        return None
