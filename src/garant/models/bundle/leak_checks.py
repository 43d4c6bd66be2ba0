"""What a bundle says about leaks: its strongest features, which were allowed and why, and what else was checked."""

from typing import Self

from pydantic import Field, model_validator

from garant.metrics.intervals import Interval
from garant.models.bundle.part import Part

SHORTEST_REASON = 10
"""Characters of a reason; fewer give none."""


class FeatureAucEntry(Part):
    """A feature with the AUC that it has alone.

    Parameters
    ----------
    feature : str
        Its name.
    auc : float or None
        On the `rows` applicants where it is present, at least 0.5; null where these are of one class.
    rows : int
        Applicants where it is present.
    auc_with_missing : float
        On all applicants, with NULL as a group of its own.
    is_strong : bool
        Whether it is more than a feature should have.
    allowed_because : str or None
        Why the training went on with a strong feature; null for any other.
    """

    feature: str
    auc: float | None
    rows: int = Field(ge=0)
    auc_with_missing: float
    is_strong: bool
    allowed_because: str | None = Field(default=None, min_length=SHORTEST_REASON)

    @property
    def strongest(self) -> float:
        """The larger AUC of the two."""
        return max(self.auc or 0.0, self.auc_with_missing)

    @model_validator(mode="after")
    def _a_strong_feature_has_a_reason(self) -> Self:
        if self.is_strong != (self.allowed_because is not None):
            raise ValueError(f"leak_checks: {self.feature} is strong without a reason, or has one without being strong")
        return self


class ShuffledEntry(Part):
    """AUC of the road with shuffled outcomes, and its standard deviation by chance."""

    auc: float
    sd: float = Field(gt=0)


class SeparatingEntry(Part):
    """A feature that tells applicants with and without an outcome apart: share of gain, its own AUC."""

    feature: str
    share: float = Field(ge=0, le=1)
    auc: float | None


class AdversarialEntry(Part):
    """How well applicants with and without an outcome are told apart."""

    auc: Interval
    labelled: int = Field(gt=0)
    unlabelled: int = Field(gt=0)
    features: tuple[SeparatingEntry, ...]


class LeakChecksEntry(Part):
    """What was checked before the bundle was written.

    Parameters
    ----------
    largest_auc : float
        AUC beyond which a feature is strong.
    features : tuple of FeatureAucEntry
        The strongest ones, all that were allowed among them.
    shuffled_target : ShuffledEntry or None
        Null unless the training was asked for it.
    adversarial : AdversarialEntry or None
        Null where the data hold too few applicants without an outcome.
    """

    largest_auc: float
    features: tuple[FeatureAucEntry, ...]
    shuffled_target: ShuffledEntry | None = None
    adversarial: AdversarialEntry | None = None

    @property
    def allowed(self) -> tuple[FeatureAucEntry, ...]:
        """Strong features that somebody gave a reason for."""
        return tuple(entry for entry in self.features if entry.is_strong)
