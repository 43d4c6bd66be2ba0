"""The measured figures that the synthetic lender imitates, from ``reference.json`` beside this module.

The file holds aggregates only: quantiles, shares of levels, correlations and counts, measured on samples of the Home
Credit Default Risk competition data; no row of it. ``tilt`` is the mean latent risk that yields the default rate of a
level.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from statistics import NormalDist
from typing import Any

import numpy as np

from garant.tables.synthetic.draws import Floats, Levels, Quantiles

Figures = Mapping[str, Any]

_PACKAGE = "garant.tables.synthetic"


@cache
def figures(table: str) -> Figures:
    """Return the figures of one table, by its name in garant."""
    return _read()[table]


@cache
def _read() -> Figures:
    return json.loads(files(_PACKAGE).joinpath("reference.json").read_text(encoding="utf-8"))


def probabilities(name: str = "probabilities") -> list[float]:
    """Return the probabilities of a list of quantiles: ``probabilities`` or ``probabilities_short``."""
    return list(_read()[name])


@cache
def _scores(name: str) -> Floats:
    return np.array([NormalDist().inv_cdf(p) for p in probabilities(name)])


def quantiles(values: Sequence[float]) -> Quantiles:
    """Make a distribution of a list of the file."""
    for name in ("probabilities", "probabilities_short"):
        if len(_scores(name)) == len(values):
            return Quantiles(_scores(name), np.array(values, dtype=np.float64))
    message = f"reference.json: a list of {len(values)} quantiles fits no list of probabilities."
    raise ValueError(message)


def quantiles_or_none(values: Sequence[float]) -> Quantiles | None:
    """Make a distribution, or None of an empty list: the figure does not exist for this group."""
    return quantiles(values) if values else None


@cache
def quantiles_of(table: str, column: str) -> Quantiles:
    """Distribution of a numeric column of `table`."""
    return quantiles(figures(table)["quantiles"][column])


@cache
def levels_of(table: str, column: str) -> Levels:
    """Levels of a categorical column of `table`, with tilts where the file has them."""
    return levels(figures(table)["levels"][column])


def levels(entry: Mapping[str, float | Sequence[float]]) -> Levels:
    """Make levels of an entry ``name: share`` or ``name: [share, tilt]``."""
    pairs = {name: (value if isinstance(value, Sequence) else (value, 0.0)) for name, value in entry.items()}
    return Levels.of({name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()})


@cache
def levels_by_band(column: str) -> tuple[Levels, ...]:
    """Levels of an application column for each age band."""
    entry = figures("application")["levels"][column]
    bands = len(figures("application")["age_bands_years"]) + 1
    tilts = {name: value["tilt"] for name, value in entry.items()}
    return tuple(
        Levels.of({name: value["shares"][band] for name, value in entry.items()}, tilts) for band in range(bands)
    )
