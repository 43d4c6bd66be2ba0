"""Section ``variants`` of ``bundle.json``: what the model's choices cost or bring in AUC."""

from pydantic import Field

from garant.models.bundle.part import Part


class DifferenceEntry(Part):
    """AUC of the variant less that of the model, with its 95 % interval; null where the sample cannot tell it."""

    value: float | None
    low: float | None
    high: float | None


class VariantEntry(Part):
    """One choice made otherwise."""

    features: int = Field(gt=0)
    auc: float = Field(ge=0, le=1)
    difference: DifferenceEntry


class VariantsEntry(Part):
    """All variants, on the same applicants, folds and numbers of trees.

    Parameters
    ----------
    rows : int
        Applicants; fewer than the model's where `sampled`.
    sampled : bool
        Whether they are a sample of the model's.
    features_chosen : bool
        Whether each fold's model has the features that it chose.
    auc : float
        AUC of the model on them, out of fold.
    variants : dict of str to VariantEntry
        By name of the variant; only what applies to the model.
    refusals : int
        Refused applicants whose first reason was looked at.
    external_first_share : float or None
        Share of them whose first reason is an external score; null without refusals.
    """

    rows: int = Field(gt=0)
    sampled: bool
    features_chosen: bool
    auc: float = Field(ge=0, le=1)
    variants: dict[str, VariantEntry]
    refusals: int = Field(ge=0)
    external_first_share: float | None = Field(ge=0, le=1)

    def without_refusals(self) -> "VariantsEntry":
        """The same without what depends on the cut-off."""
        return self.model_copy(update={"refusals": 0, "external_first_share": None})
