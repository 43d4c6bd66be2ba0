"""Where the templates lie: ``infra/app.py`` belongs to the sources of garant and is not part of the wheel."""

import re
from pathlib import Path
from typing import Final

import garant
from garant.exceptions import MissingPartError

_APP: Final = Path("infra", "app.py")
_VERSION: Final = Path("src", "garant", "__init__.py")


def infra_app(*, beside: Path | None = None, here: Path | None = None) -> Path:
    """Find ``infra/app.py`` of the version of garant that runs.

    Parameters
    ----------
    beside : Path or None
        Folder of the sources that garant is imported from; by default what is two folders above the package.
    here : Path or None
        Where else to look; by default the working folder.

    Raises
    ------
    MissingPartError
        When only the wheel is installed, or the sources that were found are those of another version.
    """
    root = beside or Path(garant.__file__).resolve().parents[2]
    if (root / _APP).is_file():
        return root / _APP
    root = (here or Path.cwd()).resolve()
    if not (root / _APP).is_file():
        raise MissingPartError(
            f"The templates ({_APP}) are not here: the package alone does not hold them. Get the sources of garant "
            f"{garant.__version__}, go to their folder, run: pip install -e '.[aws,deploy]', and start again there."
        )
    found = _version_in(root)
    if found != garant.__version__:
        raise MissingPartError(
            f"{root / _APP} belongs to garant {found or 'of an unknown version'}, installed is {garant.__version__}: "
            "what templates and commands agree on may differ. Install these sources: pip install -e '.[aws,deploy]'"
        )
    return root / _APP


def _version_in(root: Path) -> str | None:
    file = root / _VERSION
    found = (
        re.search(r'^__version__ = "([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
        if file.is_file()
        else None
    )
    return found[1] if found else None
