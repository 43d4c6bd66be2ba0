"""The ``tables.toml`` of a synthetic lender: its label says that nobody is concerned, its money has a period."""

from pathlib import Path

from garant.exceptions import RunError
from garant.storage import atomic_path

SYNTHETIC_LABEL = "synthetic"
"""Name of the label; whoever shows a PD of it says "synthetic data"."""

CONFIG = f"""# Written by `garant synth`: no row of this folder is real.
[label]
name = "{SYNTHETIC_LABEL}"
text_fr = "PD (données synthétiques : difficultés de paiement simulées)"
text_en = "PD (synthetic data: simulated payment difficulty)"

[money]
period = "month"
"""


CONFIG_FILE = "tables.toml"


def remove_config(folder: Path) -> None:
    """Remove ``tables.toml`` from `folder`, if it is there: from now on the folder is no complete lender."""
    path = folder / CONFIG_FILE
    try:
        if path.exists():
            path.unlink()
    except OSError as error:
        message = f"{path}: cannot be removed ({error.strerror or error}). Check the folder and its rights."
        raise RunError(message) from error


def write_config(folder: Path) -> None:
    """Write ``tables.toml`` to `folder`; the last file of a lender, so that its presence says that all is there."""
    with atomic_path(folder / CONFIG_FILE) as temporary:
        temporary.write_text(CONFIG, encoding="utf-8")
