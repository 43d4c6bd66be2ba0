"""Whether reasons outlive a retraining: in how many retrained models each stays among the first four."""

from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.explanations.contributions import contributions_of_few
from garant.explanations.reasons import Reason, ReasonWriter


def kept_reasons(
    reasons: Sequence[Reason],
    members: Sequence[lightgbm.Booster],
    *,
    matrix: npt.NDArray[np.float32],
    values: pa.RecordBatch | pa.Table,
    writer: ReasonWriter,
) -> Mapping[str, int]:
    """Members per reason family in which it is one of at most four reasons too, in the order of `reasons`.

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
        That of the bundle.
    """
    found = [
        {reason.family for reason in next(writer.reasons(contributions_of_few(member, matrix), values))}
        for member in members
    ]
    return {reason.family: sum(reason.family in families for families in found) for reason in reasons}
