"""How garant is called from a clone that make set up, where no shell finds the command by itself."""

import shutil
import sys
from pathlib import Path

import garant


def is_clone() -> bool:
    """Whether this garant runs from a clone of its repository: then make sets up what is missing."""
    root = Path(garant.__file__).resolve().parents[2]
    return (root / "Makefile").is_file() and (root / "pyproject.toml").is_file()


def activation() -> str | None:
    """What a shell must read before it finds ``garant``; None where it finds the command already."""
    script = Path(sys.prefix) / "bin" / "activate"
    if shutil.which("garant") is not None or not script.is_file():
        return None
    here = Path.cwd()
    return f". {script.relative_to(here) if script.is_relative_to(here) else script}"
