"""How much each input of a bundle's model counts: its share of the gain of all splits, and its rank."""

from dataclasses import dataclass

import numpy as np

from garant.models.bundle.reading import Bundle


@dataclass(frozen=True, slots=True)
class GainShare:
    """Importance of one input.

    Parameters
    ----------
    share : float
        Its part of the gain that all splits of the model bring, 0 to 1.
    rank : int
        1 for the input with the largest share; inputs of equal share have the same rank.
    of : int
        Number of inputs.
    """

    share: float
    rank: int
    of: int


def gain_shares(bundle: Bundle) -> dict[str, GainShare]:
    """Importance of the inputs of `bundle`, by name.

    Gain is what LightGBM counts by itself: how much the splits on an input lower the loss in training. It says what the
    model uses, not what causes anything, and inputs that say the same share it among themselves.
    """
    gain = np.asarray(bundle.booster.feature_importance("gain"), dtype=np.float64)
    total = float(gain.sum()) or 1.0
    larger = [int(np.sum(gain > value)) for value in gain]
    return {
        column.name: GainShare(float(value) / total, 1 + above, len(gain))
        for column, value, above in zip(bundle.columns, gain, larger, strict=True)
    }
