"""The section ``[economics]`` of ``garant.toml``, or of a file of its own, read into `Economics`."""

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from garant.exceptions import UsageError
from garant.models.bundle.economics import Economics, LoanEconomics
from garant.models.product_cutoffs import require_products
from garant.storage.unreadable import unreadable
from garant.tables.config import did_you_mean

SECTION = "economics"

WRITE = {
    "margin": "the share of the credit that a repaid loan earns, above 0, e.g. margin = 0.08",
    "lgd": "the share of the exposure that is lost on a loan that is not repaid, above 0 and at most 1, e.g. lgd = 0.6",
    "ead_share": "the exposure at default as a share of the credit, above 0 and at most 2, e.g. ead_share = 1.0",
    "fixed_cost": "the cost of granting and handling one loan in currency units, 0 or more, e.g. fixed_cost = 3000",
    "average_credit": "the average credit in currency units, above 0, e.g. average_credit = 600000",
}
"""What each key takes, as a message says it."""

PRODUCTS_KEY = "products"


def read_economics(path: Path) -> Economics:
    """Read the section ``[economics]`` of the TOML file `path`; its other sections are passed over.

    Raises
    ------
    UsageError
        When the file cannot be read, has no such section, or as `parse_economics`.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(unreadable(path, error, kind="TOML")) from error
    section = found.get(SECTION)
    if not isinstance(section, dict):
        raise UsageError(f"{path}: has no section [{SECTION}]. Write it with margin and lgd: see docs/economics.md.")
    return parse_economics(cast("dict[str, Any]", section), where=str(path))


def parse_economics(section: Mapping[str, Any], *, where: str) -> Economics:
    """Economics of the section ``[economics]``; a product takes from it what it does not say itself.

    Parameters
    ----------
    section : mapping
        Keys of the section as TOML gives them.
    where : str
        File that messages name.

    Raises
    ------
    UsageError
        Every entry that is missing, unknown or out of range, with what to write; or a product that is none.
    """
    default = {key: value for key, value in section.items() if key != PRODUCTS_KEY}
    products = section.get(PRODUCTS_KEY, {})
    if not isinstance(products, dict) or not all(isinstance(each, dict) for each in products.values()):
        raise UsageError(
            f'{where}: [{SECTION}] {PRODUCTS_KEY}: write sections such as [{SECTION}.products."Cash loans"].'
        )
    named = cast("dict[str, dict[str, Any]]", products)
    require_products(named, where=f"{where}: [{SECTION}.{PRODUCTS_KEY}]")
    places = {"": f"[{SECTION}]", **{name: f'[{SECTION}.{PRODUCTS_KEY}."{name}"]' for name in named}}
    said = {"": default, **{name: {**default, **own} for name, own in named.items()}}
    wrong = [problem for name, own in {"": default, **named}.items() for problem in _problems(own, places[name])]
    if "lgd" not in default:
        wrong.append(f"{places['']} lgd is missing: write {WRITE['lgd']}")
    if wrong:
        raise UsageError(f"{where} cannot be used:\n" + "\n".join(f"  {problem}" for problem in wrong))
    made = {name: LoanEconomics(**_floats(entries)) for name, entries in said.items()}
    for name, each in made.items():
        try:
            _ = each.costs
        except UsageError as error:
            raise UsageError(f"{where}: {places[name]}: {error}") from error
    try:
        return Economics(default=made.pop(""), products=made)
    except ValidationError as error:
        # Each entry fits by itself: what is left is what they contradict.
        raise UsageError(f"{where}: [{SECTION}]: {error.errors()[0]['msg'].removeprefix('Value error, ')}.") from error


def _problems(entries: Mapping[str, Any], place: str) -> list[str]:
    found: list[str] = []
    for key, value in entries.items():
        if key not in WRITE:
            near = did_you_mean(key, WRITE) or f". Known: {', '.join([*WRITE, PRODUCTS_KEY])}"
            found.append(f"{place} unknown key '{key}'{near}")
        elif not _fits(key, value):
            found.append(f"{place} {key} = {value!r}: write {WRITE[key]}")
    return found


def _fits(key: str, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    try:
        LoanEconomics.model_validate({"lgd": 0.5, key: float(value)})
    except ValidationError:
        return False
    return True


def _floats(entries: Mapping[str, Any]) -> dict[str, float]:
    """Whole numbers of TOML as the fractions that the entries are."""
    return {key: float(value) for key, value in entries.items()}
