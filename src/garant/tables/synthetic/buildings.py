"""The building where the applicant lives: one size behind many columns, each written three times."""

from dataclasses import dataclass

import numpy as np

from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.draws import Category, Flags, Floats, mix, tilted
from garant.tables.synthetic.reference import figures, levels_of, quantiles_of
from garant.tables.synthetic.streams import Topic, stream

VARIANT_NOISE = {"_AVG": 0.0, "_MODE": 0.20, "_MEDI": 0.07}
"""How far the score of a variant lies from the average's: near-triplicates with rank correlations of 0.96 and 0.995."""

TOTAL_NOISE = 0.25
"""The same for the total area, from the living area."""

TOWN = 0.20
"""Correlation of the size of the building with the population of the region."""

SAME_BUILDING_YEAR = 0.99
"""Correlation of the two columns of years."""

CATEGORIES = ("FONDKAPREMONT_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE", "EMERGENCYSTATE_MODE")

GRID = {"ELEVATORS": 1 / 25, "ENTRANCES": 1 / 29, "FLOORSMAX": 1 / 24, "FLOORSMIN": 1 / 24}
"""Steps of columns that count things, scaled to a maximum of 1."""

BEST_KNOWN = "EMERGENCYSTATE_MODE"
"""The column with the fewest gaps: whoever lacks it lacks all."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Gaps that nest: a building with a rare column known has the common ones known too.

    Parameters
    ----------
    unknown : array of bool
        Nothing is known of the client's building.
    rank : array of float
        Uniform; the lower, the more columns are known.
    """

    unknown: Flags
    rank: Floats

    def knows(self, column: str) -> Flags:
        """Tell for which clients `column` is known."""
        missing = figures("application")["missing"]
        return ~self.unknown & (self.rank < (1.0 - missing[column]) / (1.0 - missing[BEST_KNOWN]))


def draw_buildings(seed: int, block: int, clients: Clients, region_score: Floats) -> dict[str, Category | Floats]:
    """Draw the building columns of one block; most are missing for half to two thirds of the clients.

    Parameters
    ----------
    region_score : array of float
        Score of the region's population: bigger buildings stand in bigger towns.
    """
    rng = stream(seed, Topic.BUILDINGS, block)
    building = _completeness(rng, clients)
    size = mix(region_score, TOWN, rng.standard_normal(clients.n))
    columns: dict[str, Category | Floats] = {}
    years = np.zeros(clients.n)
    for name, loading in figures("application")["building_loadings"].items():
        noise = rng.standard_normal((3, clients.n))
        if name == "YEARS_BEGINEXPLUATATION":
            years = noise[0]
        own = mix(years, SAME_BUILDING_YEAR, noise[0]) if name == "YEARS_BUILD" else noise[0]
        score = mix(size, loading, own)
        for variant, other in zip(VARIANT_NOISE, noise, strict=True):
            values = _values(name + variant, mix(other, VARIANT_NOISE[variant], score))
            columns[name + variant] = np.where(building.knows(name + variant), values, np.nan)
        if name == "LIVINGAREA":
            total = _values("TOTALAREA_MODE", mix(noise[2], TOTAL_NOISE, score))
            columns["TOTALAREA_MODE"] = np.where(building.knows("TOTALAREA_MODE"), total, np.nan)
    for name in CATEGORIES:
        drawn = levels_of("application", name).draw(rng.random(clients.n), clients.z)
        codes = np.where(building.knows(name), drawn.codes, len(drawn.names)).astype(np.int8)
        columns[name] = Category(codes, (*drawn.names, ""))
    return columns


def _completeness(rng: np.random.Generator, clients: Clients) -> Completeness:
    share = figures("application")["missing"][BEST_KNOWN]
    tilt = figures("application")["missing_tilt"][BEST_KNOWN]
    unknown = rng.random(clients.n) < tilted(share, tilt, clients.z)
    return Completeness(unknown, rng.random(clients.n))


def _values(column: str, score: Floats) -> Floats:
    values = quantiles_of("application", column).at(score)
    step = GRID.get(column.rsplit("_", 1)[0])
    if step:
        values = np.minimum(np.rint(values / step) * step, 1.0)
    return np.round(values, 4)
