"""Reads ``tables.toml`` and says everything that is wrong with it at once."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from garant.exceptions import UsageError
from garant.tables.config import Extra, Label, Money, ReadOptions, TablesConfig, did_you_mean
from garant.tables.external_score import ExternalScore

CONFIG_NAME = "tables.toml"


def load_config(path: Path) -> TablesConfig:
    """Read ``tables.toml``; the defaults when there is no such file.

    Raises
    ------
    UsageError
        All that is wrong with the file, one line each, with near names for unknown ones.
    """
    if not path.exists():
        return TablesConfig()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{path.name}: not readable as TOML ({error}). Correct it, or draft one with `garant init`."
        ) from error
    try:
        return TablesConfig.model_validate(said)
    except ValidationError as error:
        problems = "\n".join(f"  {_problem(problem)}" for problem in error.errors())
        raise UsageError(f"{path.name} cannot be used:\n{problems}") from error


def _problem(problem: Mapping[str, Any]) -> str:
    """One line: section and key, what is wrong, what was meant."""
    path = [str(step) for step in problem["loc"] if step not in {"str", "list[str]"}]
    kind = problem["type"]
    if kind == "extra_forbidden":
        what = "section" if len(path) == 1 else "key"
        return f"{_place(path[:-1])}unknown {what} '{path[-1]}'{did_you_mean(path[-1], _keys_at(path[:-1]))}"
    if kind == "value_error":
        return f"{_place(path)}{problem['ctx']['error']}"
    if kind == "missing":
        return f"{_place(path[:-1])}the key '{path[-1]}' is missing"
    return f"{_place(path)}{str(problem['msg']).lower()}, found {problem['input']!r}"


def _place(path: list[str]) -> str:
    """``[columns.application] TARGET: `` for a path into the file."""
    if not path:
        return ""
    deep = {"columns", "read", "external_scores", "extra"}
    n_section = 2 if path[0] in deep else 1
    section, keys = path[:n_section], path[n_section:]
    return f"[{'.'.join(section)}] {' '.join(keys)}: " if keys else f"[{'.'.join(section)}]: "


def _keys_at(path: list[str]) -> Iterable[str]:
    """Keys that the section at `path` may have."""
    if not path:
        return TablesConfig.model_fields
    sections: dict[str, type[BaseModel]] = {
        "read": ReadOptions,
        "label": Label,
        "money": Money,
        "external_scores": ExternalScore,
        "extra": Extra,
    }
    return sections[path[0]].model_fields if path[0] in sections else ()
