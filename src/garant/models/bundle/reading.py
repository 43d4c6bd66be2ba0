"""Reading a bundle: every byte is checked before LightGBM sees any."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from garant.exceptions import BundleDigestError, BundleError, BundleFormatError, GarantError, InvariantError
from garant.features.encode import InputColumn
from garant.models.bundle.content import HEADER, MAJOR, MINOR, MODEL_FILE, REQUIRED_FILES, BundleContent
from garant.models.bundle.model_text import check_model_text
from garant.models.bundle.writing import BUNDLE_FILE

_REMEDY = "Take the bundle from where it was made, or train again."


@dataclass(frozen=True, eq=False)
class Bundle:
    """A bundle whose files are what ``bundle.json`` says.

    The bytes that were checked are kept, so that nothing which happens to the folder later can reach a score.

    Parameters
    ----------
    folder : Path
        Where it was read.
    content : BundleContent
        What ``bundle.json`` says.
    digest : str
        sha256 of ``bundle.json``: names the bundle in manifests and records.
    files : mapping of str to bytes
        Every other file.
    """

    folder: Path
    content: BundleContent
    digest: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """Inputs of the model in the order of the matrix."""
        return self.content.columns

    @cached_property
    def booster(self) -> lgb.Booster:
        """The model, built at first use."""
        return lgb.Booster(model_str=self.files[MODEL_FILE].decode())

    def predict_margin(self, matrix: npt.NDArray[np.float32], *, num_threads: int = 0) -> npt.NDArray[np.float64]:
        """Raw log-odds of each row of `matrix`, whose columns are `columns` in this order.

        Parameters
        ----------
        matrix : array of float32, shape (n, f)
            Encoded features, see `garant.features.encode.encode`.
        num_threads : int
            Threads of LightGBM; 0 takes all. Changes nothing but the time.

        Raises
        ------
        InvariantError
            When the matrix has another type or number of columns.
        """
        if matrix.dtype != np.float32 or matrix.ndim != 2 or matrix.shape[1] != len(self.columns):  # noqa: PLR2004
            raise InvariantError(
                f"A matrix of {matrix.dtype} and shape {matrix.shape} came to the model, expected float32 with "
                f"{len(self.columns)} columns."
            )
        if not len(matrix):
            return np.empty(0)
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=num_threads), dtype=np.float64)


def read_bundle(folder: Path) -> Bundle:
    """Read and check the bundle `folder`.

    Raises
    ------
    BundleDigestError
        When a file is missing or not what ``bundle.json`` says.
    BundleFormatError
        When ``bundle.json`` is foreign, of a newer format, or needs a section that this garant does not know.
    BundleError
        When there is no bundle, or it cannot be read.
    """
    path = folder / BUNDLE_FILE
    if not path.is_file():
        raise BundleError(
            f"{folder}: is no bundle (no {BUNDLE_FILE}). Make one with `garant train DATA --bundle {folder}`."
        )
    text = _read(path)
    content = parse_content(text, where=str(path))
    files = {name: _checked_file(folder / name, digest) for name, digest in sorted(content.files.items())}
    names = [feature.name for feature in content.features]
    check_model_text(files[MODEL_FILE].decode(errors="replace"), names, where=str(folder / MODEL_FILE))
    return Bundle(folder=folder, content=content, digest=hashlib.sha256(text).hexdigest(), files=files)


def parse_content(text: bytes, *, where: str) -> BundleContent:
    """Content of ``bundle.json``.

    Sections that this garant does not know are passed over where the file calls them optional.

    Raises
    ------
    BundleFormatError
        As `read_bundle`.
    """
    found = _json_object(text, where=where)
    _check_format(found.get("format"), where=where)
    known = _known_sections(found, where=where)
    try:
        content = BundleContent.model_validate_json(json.dumps(known, allow_nan=False))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors()[:5])
        raise BundleFormatError(f"{where}: {wrong}. {_REMEDY}") from error
    except GarantError as error:
        raise BundleFormatError(f"{where}: {error} {_REMEDY}") from error
    missing = sorted(REQUIRED_FILES - set(content.files))
    if missing:
        raise BundleFormatError(f"{where}: lists no digest of {', '.join(missing)}. {_REMEDY}")
    return content


def _json_object(text: bytes, *, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text.decode(), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BundleFormatError(f"{where}: is no JSON that garant wrote ({error}). {_REMEDY}") from error
    if not isinstance(found, dict):
        raise BundleFormatError(f"{where}: holds {type(found).__name__}, expected an object. {_REMEDY}")
    return cast("dict[str, Any]", found)


def _check_format(found: Any, *, where: str) -> None:  # noqa: ANN401 - anything may stand in a foreign file
    version = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    major, minor = version.get("major"), version.get("minor")
    if type(major) is not int or type(minor) is not int:
        raise BundleFormatError(f"{where}: states no format, so it is not a bundle of garant. {_REMEDY}")
    if (major, minor) == (MAJOR, MINOR):
        return
    read = f"this garant reads {MAJOR}.{MINOR}"
    if (major, minor) > (MAJOR, MINOR):
        raise BundleFormatError(f"{where}: has format {major}.{minor}, {read}. Install the garant that wrote it.")
    raise BundleFormatError(f"{where}: has the draft format {major}.{minor}, {read}. Train again.")


def _known_sections(found: dict[str, Any], *, where: str) -> dict[str, Any]:
    sections = found.get("sections")
    listed = cast("dict[str, Any]", sections) if isinstance(sections, dict) else {}
    required, optional = (_names(listed.get(kind)) for kind in ("required", "optional"))
    unlisted = sorted(set(found) - HEADER - required - optional)
    if unlisted:
        raise BundleFormatError(f"{where}: section {unlisted[0]!r} is not listed under sections. {_REMEDY}")
    known = set(BundleContent.model_fields)
    needed = sorted(required - known)
    if needed:
        raise BundleFormatError(
            f"{where}: needs {', '.join(map(repr, needed))}, which this garant does not know. "
            f"Install the garant that wrote it ({found.get('garant_version', 'version not stated')})."
        )
    passed_over = optional - known
    kept = {name: value for name, value in found.items() if name not in passed_over}
    kept["sections"] = {"required": sorted(required), "optional": sorted(optional - passed_over)}
    return kept


def _names(found: Any) -> set[str]:  # noqa: ANN401 - anything may stand in a foreign file
    return {name for name in cast("list[Any]", found) if isinstance(name, str)} if isinstance(found, list) else set()


def _checked_file(path: Path, digest: str) -> bytes:
    if not path.is_file():
        raise BundleDigestError(f"{path}: is missing from the bundle. {_REMEDY}")
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != digest:
        raise BundleDigestError(
            f"{path}: is not the file that {BUNDLE_FILE} describes: it was altered or cut. {_REMEDY}"
        )
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
