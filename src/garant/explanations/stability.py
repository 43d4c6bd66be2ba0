"""Whether reasons outlive a retraining: which of them the retrained models of the bundle give too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.explanations.contributions import checked_contributions
from garant.explanations.reasons import Reason, ReasonWriter

if TYPE_CHECKING:
    import lightgbm

STABLE_SHARE = 2 / 3
"""Share of the retrained models from which on a main reason that they give too is called stable."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether the reasons of an applicant outlive a retraining.

    Parameters
    ----------
    members : int
        Retrained models of the bundle.
    kept : mapping of str to int
        Reason family → members in which it is among the first four reasons too.
    main_kept : int
        Members whose main reason is the same; of an applicant without reasons those that give none either.
    """

    members: int
    kept: Mapping[str, int]
    main_kept: int

    @property
    def is_stable(self) -> bool:
        """Whether enough members give the same main reason."""
        return is_stable(self.main_kept, self.members)


def is_stable(kept: int, members: int) -> bool:
    """Whether a main reason that `kept` of `members` retrained models give outlives a retraining."""
    return kept >= STABLE_SHARE * members


def stability(
    reasons: Sequence[Reason],
    members: "Sequence[lightgbm.Booster]",
    *,
    matrix: npt.NDArray[np.float32],
    values: pa.RecordBatch | pa.Table,
    writer: ReasonWriter,
) -> Stability:
    """Compare the reasons of the champion with those of retrained models.

    Parameters
    ----------
    reasons : sequence of Reason
        Those of the champion for one applicant.
    members : sequence of Booster
        Retrained models with the champion's inputs.
    matrix : array of float32, shape (1, f)
        The applicant, encoded.
    values : RecordBatch or Table with one row
        The same before the cast.
    writer : ReasonWriter
        That of the bundle: accepted applicants are typical of the champion, which its members differ little from.
    """
    found = [
        [reason.family for reason in next(writer.reasons(checked_contributions(member, matrix), values))]
        for member in members
    ]
    main = reasons[0].family if reasons else None
    return Stability(
        members=len(members),
        kept={reason.family: sum(reason.family in families for families in found) for reason in reasons},
        main_kept=sum((families[0] if families else None) == main for families in found),
    )
