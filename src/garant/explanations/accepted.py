"""Accepted applicants of the training: what reasons are measured against."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from garant.models.bundle.groups import FeatureGroups, read_groups
from garant.models.bundle.reading import Bundle
from garant.models.bundle.reference import REFERENCE_FILE


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is typical of those who get a loan.

    Parameters
    ----------
    families : mapping of str to float
        Mean contribution of each reason family to their margin, in log-odds, by models that have not seen them.
    features : mapping of str to FeatureGroups
        By feature: the same, and their values. What it does not name is compared with nothing.
    """

    families: Mapping[str, float] = field(default_factory=dict[str, float])
    features: Mapping[str, FeatureGroups] = field(default_factory=dict[str, FeatureGroups])

    @classmethod
    def of(cls, bundle: Bundle) -> "Accepted":
        """Those of a bundle."""
        return cls(bundle.content.accepted_contributions, read_groups(bundle.files[REFERENCE_FILE]))
