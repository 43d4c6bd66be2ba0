"""Make the notebooks of their scripts: ``notebooks/NAME.py`` becomes ``notebooks/NAME.ipynb``, without outputs.

Run after a script was changed: python tools/notebooks.py
"""

from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def scripts() -> list[Path]:
    """Scripts of notebooks."""
    return sorted(FOLDER.glob("*.py"))


def notebook_of(script: Path) -> nbformat.NotebookNode:
    """Notebook of a script, with the same ids of cells each time."""
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata.pop("jupytext", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
    nbformat.validate(notebook)
    return notebook


def text_of(script: Path) -> str:
    """Bytes of a notebook's file, as text."""
    return nbformat.writes(notebook_of(script)).rstrip("\n") + "\n"


if __name__ == "__main__":
    for script in scripts():
        script.with_suffix(".ipynb").write_text(text_of(script), encoding="utf-8")
        print(script.with_suffix(".ipynb").name)
