"""A judgement with what it was made of, for whoever explains it next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from garant.decisions.record import Judgement


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """An application that was judged.

    Parameters
    ----------
    judgement : Judgement
        What was computed.
    values : mapping of str to object, or None
        The row of the matrix by column, before the float32 cast; None where the model was not asked.
    contributions : array of float64, shape (inputs + 1,), or None
        Contributions by input, the base value last; None where the model was not asked.
    """

    judgement: Judgement
    values: Mapping[str, Any] | None = None
    contributions: npt.NDArray[np.float64] | None = None
