"""What amounts meant where the bundle was trained: a service that has no data folder reads it here."""

from typing import Literal

from pydantic import Field

from garant.models.bundle.part import Part


class MoneyEntry(Part):
    """Section ``[money]`` of the ``tables.toml`` trained with; all None where it declared nothing.

    Parameters
    ----------
    period : {"month", "year"} or None
        Period of income and annuities; undeclared, no share of income is judged or said.
    currency : str or None
        ISO 4217 code.
    charges : str or None
        Column of the application with all known charges of the person, the annuity asked for included.
    """

    period: Literal["month", "year"] | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    charges: str | None = None
