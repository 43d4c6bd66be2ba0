"""Reading a bundle: every byte is checked before LightGBM sees any."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from garant.exceptions import BundleDigestError, BundleError, InvariantError
from garant.features.encode import InputColumn
from garant.models.bundle.content import MODEL_FILE, BundleContent
from garant.models.bundle.content_text import REMEDY, parse_content
from garant.models.bundle.load_check import check_loads
from garant.models.bundle.model_text import check_model_text
from garant.models.bundle.signature import Signature, read_signature
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import BUNDLE_FILE
from garant.models.lightgbm_alone import load_lightgbm

if TYPE_CHECKING:
    import lightgbm as lgb


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
    signature : Signature
        Who signed it: a key that was trusted when it was read.
    """

    folder: Path
    content: BundleContent
    digest: str
    files: Mapping[str, bytes] = field(repr=False)
    signature: Signature

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """Inputs of the model in the order of the matrix."""
        return self.content.columns

    @cached_property
    def booster(self) -> "lgb.Booster":
        """The model, built at first use; who scores nobody, as a run that is there already, waits for no LightGBM."""
        load_lightgbm()
        import lightgbm as lgb  # noqa: PLC0415 - it takes its time, and a run that is there already needs none

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
        n_inputs = len(self.content.features)
        if matrix.dtype != np.float32 or matrix.ndim != 2 or matrix.shape[1] != n_inputs:  # noqa: PLR2004
            raise InvariantError(
                f"A matrix of {matrix.dtype} and shape {matrix.shape} came to the model, expected float32 with "
                f"{n_inputs} columns."
            )
        if not len(matrix):
            return np.empty(0)
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=num_threads), dtype=np.float64)


def read_bundle(folder: Path, trust: Trust) -> Bundle:
    """Read and check the bundle `folder`: signature, format, digests, model text, then a trial in another process.

    Raises
    ------
    BundleSignatureError
        When it is unsigned, was altered after it was signed, or `trust` does not list the key.
    BundleFormatError
        When ``bundle.json`` is foreign, of a newer format, or needs a section that this garant does not know; or when
        the model text is not whole.
    BundleDigestError
        When a file is missing or not what ``bundle.json`` says.
    BundleLoadError
        When LightGBM cannot load the model.
    BundleError
        When there is no bundle, or it cannot be read.
    """
    text = bundle_json(folder)
    signature = read_signature(folder, text)
    trust.require(signature, where=folder)
    content, files = described_files(folder, text)
    model = folder / MODEL_FILE
    check_loads(files[MODEL_FILE], inputs=len(content.features), where=model, memory=trust.loaded)
    return Bundle(
        folder=folder,
        content=content,
        digest=hashlib.sha256(text).hexdigest(),
        files=files,
        signature=signature,
    )


def bundle_json(folder: Path) -> bytes:
    """Bytes of ``bundle.json``, unchecked."""
    path = folder / BUNDLE_FILE
    if not path.is_file():
        # What holds other things is another folder than the one that is meant: nothing must be trained into it.
        is_free = not folder.is_dir() or not any(folder.iterdir())
        advice = (
            f"Make one with `garant train DATA --bundle {folder}`."
            if is_free
            else "Name the folder that `garant train` wrote."
        )
        raise BundleError(f"{folder}: is no bundle (no {BUNDLE_FILE}). {advice}")
    return _read(path)


def described_files(folder: Path, text: bytes) -> tuple[BundleContent, dict[str, bytes]]:
    """Content of the ``bundle.json`` with the bytes `text`, and the files that it describes; LightGBM sees none.

    Raises
    ------
    BundleDigestError, BundleFormatError
        As `read_bundle`.
    """
    content = parse_content(text, where=str(folder / BUNDLE_FILE))
    files = {name: _checked_file(folder / name, digest) for name, digest in sorted(content.files.items())}
    names = [feature.name for feature in content.features]
    check_model_text(files[MODEL_FILE].decode(errors="replace"), names, where=str(folder / MODEL_FILE))
    return content, files


def _checked_file(path: Path, digest: str) -> bytes:
    if not path.is_file():
        raise BundleDigestError(f"{path}: is missing from the bundle. {REMEDY}")
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != digest:
        raise BundleDigestError(
            f"{path}: is not the file that {BUNDLE_FILE} describes: it was altered or cut. {REMEDY}"
        )
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}).") from error
