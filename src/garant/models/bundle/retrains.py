"""What a bundle says about its retrained models: where they lie, and how the refer band was chosen on them."""

import math
from collections.abc import Collection
from typing import Self

from pydantic import Field, model_validator

from garant.metrics.intervals import Interval
from garant.models.bundle.part import Part
from garant.models.cutoff import ReferBand

MEMBERS = "members/"
"""Folder of the retrained models in a bundle."""


class FlipEntry(Part):
    """How many applicants flip with a band of one width.

    Parameters
    ----------
    half_width : float
        Of the band, in log-odds.
    referred : float
        Share of the out-of-fold applicants that it refers.
    seeds, samples : Interval
        Share of held-out applicants that two retrains accept and refuse: other seeds, other bootstrap samples.
    """

    half_width: float = Field(ge=0)
    referred: float = Field(ge=0, le=1)
    seeds: Interval
    samples: Interval


class RetrainsEntry(Part):
    """Retrained models of a training, and the choice of the refer band. A recut keeps this section as it was.

    Parameters
    ----------
    members : int
        Models of each kind; those of bootstrap samples are the files ``members/1.txt`` and on.
    compared_rows : int
        Applicants, unseen by all members, on whom they were compared.
    cutoff : float
        PD in the middle of the band when it was chosen.
    largest_share, flip_level : float
        The rule: narrowest band with at most this share of flips, or the widest that refers at most this share.
    chosen : FlipEntry
        The band that was taken.
    flips : tuple of FlipEntry
        Other bands, narrowest first.
    """

    members: int = Field(ge=2)
    compared_rows: int = Field(gt=0)
    cutoff: float = Field(gt=0, lt=1)
    largest_share: float = Field(ge=0, le=1)
    flip_level: float = Field(ge=0, le=1)
    chosen: FlipEntry
    flips: tuple[FlipEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _narrowest_first(self) -> Self:
        widths = [entry.half_width for entry in self.flips]
        if widths != sorted(widths):
            raise ValueError("retrains: the flips are not in the order of their half-widths")
        return self


def member_file(number: int) -> str:
    """File of the member `number`, from 1 on."""
    return f"{MEMBERS}{number}.txt"


def check_retrains(entry: RetrainsEntry | None, band: ReferBand, files: Collection[str]) -> None:
    """Raise ValueError unless files of members and the width of `band` are those that the section states.

    `files` are all files of the bundle; empty before they are known.
    """
    wanted = set() if entry is None else {member_file(number) for number in range(1, entry.members + 1)}
    found = {name for name in files if name.startswith(MEMBERS)}
    if files and wanted != found:
        raise ValueError(f"retrains: the section and the files of members differ in {min(wanted ^ found)}")
    if entry is not None and not math.isclose(band.width, 2 * entry.chosen.half_width, rel_tol=0, abs_tol=1e-9):
        raise ValueError(f"retrains: the refer band is {band.width} wide, not twice {entry.chosen.half_width}")
