"""How the features of a bundle were chosen: section ``selection``."""

from pydantic import Field

from garant.models.bundle.part import Part


class ChosenFeature(Part):
    """One feature that was chosen in a fold or in the end.

    Parameters
    ----------
    name : str
        Its name.
    folds : int
        In how many folds its training rows chose it.
    used : bool
        Whether the champion uses it.
    """

    name: str
    folds: int = Field(ge=0)
    used: bool


class LostAuc(Part):
    """AUC of a model of all features minus that of the chosen ones: out of fold, same folds, with its 95 % interval."""

    value: float
    low: float
    high: float


class SelectionEntry(Part):
    """How the features of a bundle were chosen.

    Parameters
    ----------
    method : str
        How features were ranked.
    asked : int
        How many features were asked for.
    candidates : int
        How many there were.
    folds : int
        Folds in each of which the choice was made anew, on its training rows alone.
    lost_auc : LostAuc
        The price.
    features : tuple of ChosenFeature
        Those that were ever chosen, the most often chosen first.
    """

    method: str
    asked: int = Field(gt=0)
    candidates: int = Field(gt=0)
    folds: int = Field(gt=1)
    lost_auc: LostAuc
    features: tuple[ChosenFeature, ...]
