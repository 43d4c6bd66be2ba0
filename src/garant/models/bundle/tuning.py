"""How the parameters of a bundle were tuned: section ``tuning``."""

from pydantic import Field

from garant.models.bundle.part import Part


class GainedAuc(Part):
    """AUC with the tuned parameters minus that with the default ones, with its 95 % interval; null where unknown."""

    value: float | None
    low: float | None
    high: float | None


class TuningEntry(Part):
    """How the parameters of a bundle were tuned; all of them stand in ``training.parameters``.

    Parameters
    ----------
    study : str
        Identity of the study: same data, seed, profile, folds and versions, same study.
    trials, broken_off : int
        Sets of parameters that were tried to the end, the default ones first; sets that were given up early.
    seconds : float
        Time of all trials, over all commands that shared the study.
    default_value, best_value : float
        Mean AUC on inner folds of the rows that were tuned on, with the default and with the chosen parameters.
    chosen : dict of str to number
        What was tuned, as chosen.
    held_back_rows : int
        Applicants of the fold that tuning never saw.
    gained_held_back : GainedAuc
        What tuning gained on them.
    gained_out_of_fold : GainedAuc
        What it gained on all folds, of which it saw all but one.
    """

    study: str
    trials: int = Field(gt=0)
    broken_off: int = Field(ge=0)
    seconds: float = Field(ge=0)
    default_value: float
    best_value: float
    chosen: dict[str, int | float | bool]
    held_back_rows: int = Field(gt=0)
    gained_held_back: GainedAuc
    gained_out_of_fold: GainedAuc
