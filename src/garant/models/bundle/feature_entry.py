"""An input of the model as ``bundle.json`` lists it."""

from typing import Literal, Self

from pydantic import model_validator

from garant.models.bundle.part import Part


class FeatureEntry(Part):
    """One input of the model, in the order of the matrix, with what a reason needs to name it.

    Parameters
    ----------
    name : str
        Name of the feature, and of LightGBM's column.
    dtype : str
        ``number`` or ``category``.
    levels : tuple of str or None
        Frozen levels of a category (codes 1, 2, …; 0 is any other level, NaN is NULL).
    family : str
        Reason family.
    sign : str
        What a higher value does to the risk where that is certain: ``raises``, ``lowers``, ``none``.
    unit, text, window, missing, legal, table : str
        As in the catalogue: unit of the value, stem of text ids, window, meaning of NULL, legal flag, raw table.
    """

    name: str
    dtype: Literal["number", "category"]
    levels: tuple[str, ...] | None = None
    family: str
    sign: Literal["raises", "lowers", "none"]
    unit: str
    text: str
    window: str
    missing: str
    legal: str
    table: str

    @model_validator(mode="after")
    def _levels_belong_to_categories(self) -> Self:
        if (self.levels is None) != (self.dtype == "number"):
            raise ValueError(f"feature {self.name}: a category has levels and a number has none")
        return self
