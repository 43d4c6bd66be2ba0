"""Compiled code of the kernels: where it is kept, and whether there is a compiler at all."""

import hashlib
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from garant.settings import default_cache_folder

if TYPE_CHECKING:
    from garant.explanations.treeshap.explainer import Explainer


@cache
def explainer_class() -> "type[Explainer] | None":
    """`Explainer`, which needs numba (extra ``fast``); None without it.

    The first call of a machine compiles for some seconds; what comes of it is kept in the user's cache folder, by the
    sources that it was made from, and loaded in half a second.
    """
    if find_spec("numba") is None:
        return None
    import numba  # noqa: PLC0415 - half a second, and not everybody has it

    if not numba.config.CACHE_DIR:
        numba.config.CACHE_DIR = str(_cache_folder())
    from garant.explanations.treeshap.explainer import Explainer  # noqa: PLC0415 - its kernels ask where the cache is

    return Explainer


def _cache_folder() -> Path:
    """Folder of what these sources compile to; a temporary one where the user's cache cannot be written."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    try:
        folder = default_cache_folder() / "compiled" / digest[:16]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        # A disk that is read-only, or a worker's user without a home.
        return Path(tempfile.mkdtemp(prefix="garant-compiled-"))
