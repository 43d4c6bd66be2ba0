"""What a notebook may hold: little code, no output, nothing of an account; in two languages, made of scripts."""

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

MOST_CODE_LINES = 40

SPARK = re.compile(r"\b(?:spark|sc|pyspark)\b")
"""Names of Spark in code: cells call garant's functions alone."""

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "notebooks").glob("*.py"))
NAMES = [script.stem for script in SCRIPTS]


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """Everything that a notebook must not hold."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for cell in code for line in cell.source.splitlines() if line.strip()]
    text = nbformat.writes(notebook)
    ordinary = [cell for cell in notebook.cells if "parameters" not in cell.metadata.get("tags", [])]
    return [
        *["output" for cell in code if cell.outputs or cell.execution_count is not None],
        *["account id" for _ in re.findall(r"(?<!\d)\d{12}(?!\d)|arn:aws", text)],
        *["place in a bucket" for cell in ordinary if "s3://" in cell.source],
        *["rows brought to the driver" for _ in re.findall(r"collect\(|toPandas|toLocalIterator|\.show\(", text)],
        *["Spark" for cell in code if "emr" not in cell.metadata.get("tags", []) and SPARK.search(cell.source)],
        *["installation" for line in lines if re.match(r"[%!]\s*pip", line)],
        *(["too much code"] if len(lines) >= MOST_CODE_LINES else []),
    ]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that makes notebooks."""
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "tools" / "notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(script: Path) -> nbformat.NotebookNode:
    return nbformat.read(script.with_suffix(".ipynb"), as_version=4)


def cells(script: Path) -> list[tuple[str, tuple[str, ...], str]]:
    """Kind, tags and code of each cell; prose is left out."""
    return [
        (cell.cell_type, tuple(cell.metadata.get("tags", ())), cell.source if cell.cell_type == "code" else "")
        for cell in read(script).cells
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_a_notebook_is_what_its_script_makes(script: Path, tool: ModuleType) -> None:
    said = f"{script.name} was changed. Run: python tools/notebooks.py"
    assert script.with_suffix(".ipynb").read_text(encoding="utf-8") == tool.text_of(script), said


def test_every_notebook_has_a_script() -> None:
    assert NAMES
    assert set(NAMES) == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_a_notebook_holds_little_code_and_nothing_of_a_run_or_an_account(script: Path) -> None:
    assert not faults(read(script))


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_the_first_code_cell_sets_up_emr_and_only_that_cell_is_for_emr(script: Path) -> None:
    code = [cell for cell in read(script).cells if cell.cell_type == "code"]
    assert [cell.metadata.get("tags", []) for cell in code[:2]] == [["emr"], ["parameters"]]
    assert code[0].source.startswith("%%configure -f\n{")
    assert not [cell for cell in code[1:] if "%" in cell.source]


def test_the_twins_run_the_same_code_in_their_own_language() -> None:
    french, english = (cells(ROOT / "notebooks" / f"portfolio_emr{mark}.py") for mark in ("", ".en"))
    translated = [(kind, tags, source.replace('LANGUAGE = "fr"', 'LANGUAGE = "en"')) for kind, tags, source in french]
    assert translated == english
    assert french != english


def plant(source: str) -> Callable[[nbformat.NotebookNode], None]:
    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells.append(nbformat.v4.new_code_cell(source))

    return change


def run_once(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="12 clients")]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (run_once, "output"),
        (plant("role = 'of account " + "1" * 12 + "'"), "account id"),
        (plant("lender = 's3://elsewhere/raw'"), "place in a bucket"),
        (plant("rows = table.collect()"), "rows brought to the driver"),
        (plant("spark.sql('select 1')"), "Spark"),
        (plant("%pip install garant"), "installation"),
        (plant("\n".join(f"x{n} = {n}" for n in range(30))), "too much code"),
    ],
)
def test_such_a_fault_would_be_found(change: Callable[[nbformat.NotebookNode], None], fault: str) -> None:
    notebook = read(SCRIPTS[0])
    change(notebook)
    assert fault in faults(notebook)
