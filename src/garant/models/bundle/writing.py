"""Writing a bundle: all of it or nothing."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from garant.exceptions import InvariantError, UsageError
from garant.models.bundle.content import (
    BINDING_SECTIONS,
    HEADER,
    MODEL_FILE,
    OPTIONAL_SECTIONS,
    REQUIRED_FILES,
    BundleContent,
    Format,
    Sections,
)
from garant.models.bundle.model_text import check_model_text
from garant.models.bundle.signature import SIGNATURE_FILE, Signer
from garant.storage import atomic_folder, canonical_json

BUNDLE_FILE = "bundle.json"


def write_bundle(
    folder: Path,
    content: BundleContent,
    files: Mapping[str, bytes],
    *,
    signer: Signer,
    overwrite: bool = False,
) -> str:
    """Write the bundle `folder` in one step: under its name there is a whole bundle, or what was there before.

    Parameters
    ----------
    folder : Path
        Where the bundle shall stand.
    content : BundleContent
        What ``bundle.json`` says; `format`, `sections` and `files` are filled in here.
    files : mapping of str to bytes
        Every other file by its name, see `bundle_files`.
    signer : Signer
        Whose signature ``bundle.sig`` holds.
    overwrite : bool
        Whether an older bundle of that name is replaced. A folder that is no bundle is never replaced.

    Returns
    -------
    str
        Digest of the bundle: sha256 of ``bundle.json``.

    Raises
    ------
    UsageError
        When `folder` exists and may not be replaced.
    BundleFormatError
        When the model text is not whole or has other inputs than `content` lists.
    RunError
        When the disk refuses.
    """
    check_place(folder, overwrite=overwrite)
    with atomic_folder(folder, replace=overwrite) as temporary:
        return fill_bundle(temporary, content, files, signer=signer)


def fill_bundle(folder: Path, content: BundleContent, files: Mapping[str, bytes], *, signer: Signer) -> str:
    """Write the files of a bundle into an empty `folder` that its caller gives a name when more is there.

    Parameters, errors and result as `write_bundle`.
    """
    missing = sorted(REQUIRED_FILES - set(files))
    if missing:
        raise InvariantError(f"A bundle without {', '.join(missing)} was about to be written.")
    names = [feature.name for feature in content.features]
    check_model_text(files[MODEL_FILE].decode(), names, where=str(folder / MODEL_FILE))
    text = _bundle_json(content, files).encode()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / BUNDLE_FILE).write_bytes(text)
    (folder / SIGNATURE_FILE).write_bytes(signer.sign(text))
    return hashlib.sha256(text).hexdigest()


def _bundle_json(content: BundleContent, files: Mapping[str, bytes]) -> str:
    absent = {name for name in OPTIONAL_SECTIONS if getattr(content, name) is None}
    present = [name for name in BundleContent.model_fields if name not in HEADER | absent]
    optional = [name for name in present if name in OPTIONAL_SECTIONS - BINDING_SECTIONS]
    required = [name for name in present if name not in optional]
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sections = Sections(required=tuple(sorted(required)), optional=tuple(sorted(optional)))
    # What is written is of this garant's format, although it may have been read from one of a higher minor.
    filled = content.model_copy(update={"format": Format(), "sections": sections, "files": digests})
    # Checked once more as a whole: model_copy validates nothing.
    checked = BundleContent.model_validate_json(filled.model_dump_json())
    return canonical_json(checked.model_dump(mode="json", exclude=absent))


def check_place(folder: Path, *, overwrite: bool) -> None:
    """Raise UsageError when a bundle may not be written to `folder`, before the long work of training one."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is a file, expected a folder for the bundle. Choose another name.")
    if not any(folder.iterdir()):
        return
    if not (folder / BUNDLE_FILE).is_file():
        raise UsageError(f"{folder}: holds other files and no bundle, so it is left alone. Choose another folder.")
    if not overwrite:
        raise UsageError(f"{folder}: holds a bundle already. Choose another folder, or replace it with --overwrite.")
