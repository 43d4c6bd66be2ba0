"""The notebook of the portfolio without a person before it: its code cells, one by one, in the driver of a job.

`garant cloud notebook` sends this file and the notebook; the driver runs ``notebook_job.py NOTEBOOK SHA256 RESULT``
with two places in buckets. Only the very notebook that was sent is run. It is plain Python: a kernel would need another
session of Spark than the one of the job.

What a cell gives back is kept when it is one of garant's tables or pictures, which hold no row of a person. Anything
else, and what cells print, is not written anywhere.
"""

import ast
import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, redirect_stdout
from dataclasses import dataclass
from typing import Any, Final

from garant.cloud.job_words import with_policy
from garant.exceptions import GarantError, StorageError, UsageError
from garant.reports.shown import ShownPicture, ShownTable
from garant.settings import load_settings
from garant.storage import S3Location, parse_location
from garant.storage.s3 import Bucket

OF_EMR: Final = "emr"
"""Tag of the cell that sets up an interactive session: a job has its settings from who started it."""

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook as it was run.

    Parameters
    ----------
    notebook : dict
        With the outputs that may be kept.
    failure : str
        What stopped it; empty when it came to its end.
    """

    notebook: dict[str, Any]
    failure: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a notebook; the first place is read, the last is written, also when a cell fails."""
    try:
        words = with_policy(sys.argv[1:] if arguments is None else arguments)
        if len(words) != 3:  # noqa: PLR2004 - two places and a digest
            raise UsageError("notebook_job.py NOTEBOOK SHA256 RESULT: two places in buckets and a digest are expected.")
        source, result = _place(words[0]), _place(words[2])
        settings = load_settings()
        with closing(Bucket(source.bucket, settings)) as bucket:
            there = bucket.read(source.prefix)
        if there is None:
            raise StorageError(f"{source}: is not there. Start the notebook again: garant cloud notebook")
        if hashlib.sha256(there.content).hexdigest() != words[1]:
            raise StorageError(f"{source}: is not the notebook that was sent. Start it again: garant cloud notebook")
        executed = execute(json.loads(there.content))
        with closing(Bucket(result.bucket, settings)) as bucket:
            bucket.put(result.prefix, (json.dumps(executed.notebook, indent=1, ensure_ascii=False) + "\n").encode())
    except GarantError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    if executed.failure:
        sys.stderr.write(f"error: {executed.failure}\n")
        return 3
    sys.stdout.write(f"The notebook came to its end: {result}\n")
    return 0


def execute(notebook: Mapping[str, Any]) -> Executed:
    """Run the code cells in their order, in one namespace; the first that fails is the last.

    Parameters
    ----------
    notebook : mapping
        Of format 4; what was in its outputs is dropped.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells: list[Cell] = [dict(cell) for cell in notebook["cells"]]
    failure, count = "", 0
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        cell["outputs"], cell["execution_count"] = [], None
        if failure or OF_EMR in cell.get("metadata", {}).get("tags", ()):
            continue
        count += 1
        cell["execution_count"] = count
        sys.stdout.write(f"cell {number} of {len(cells)}\n")
        try:
            cell["outputs"] = _run("".join(cell["source"]), namespace, count)
        except Exception as error:  # noqa: BLE001 - whatever a cell raises ends the notebook and is told
            failure = f"cell {number}: {type(error).__name__}: {error}"
            cell["outputs"] = [_error(error)]
    return Executed({**notebook, "cells": cells}, failure)


def _run(source: str, namespace: dict[str, Any], count: int) -> list[Cell]:
    """Run one cell; its last expression is what it shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), namespace)  # noqa: S102 - the notebook is the program of this job
        shown = None
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)  # noqa: S307 - as above
    outputs = [_said(f"{len(printed.getvalue().splitlines())} printed lines are not kept.")] if printed.tell() else []
    return outputs + ([_result(shown, count)] if shown is not None else [])


def _result(shown: object, count: int) -> Cell:
    data: dict[str, str]
    if isinstance(shown, ShownTable):
        data = {"text/html": str(shown._repr_html_()), "text/plain": repr(shown)}  # pyright: ignore[reportPrivateUsage] - as a kernel asks
    elif isinstance(shown, ShownPicture):
        data = {"image/svg+xml": shown._repr_svg_(), "text/plain": repr(shown)}  # pyright: ignore[reportPrivateUsage] - as above
    else:
        return _said(f"A value of type {type(shown).__name__} is not kept: it might hold rows of persons.")
    return {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}


def _said(text: str) -> Cell:
    return {"name": "stderr", "output_type": "stream", "text": f"{text}\n"}


def _error(error: Exception) -> Cell:
    """Error as a notebook keeps it, without its traceback, which may hold values."""
    return {"ename": type(error).__name__, "evalue": str(error), "output_type": "error", "traceback": []}


def _place(text: str) -> S3Location:
    place = parse_location(text)
    if not isinstance(place, S3Location):
        raise UsageError(f"{text}: expected a place in a bucket.")
    return place


if __name__ == "__main__":
    sys.exit(main())
