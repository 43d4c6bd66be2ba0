"""What `garant explain` is asked beside the proposal and its reasons."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """Options of one explanation.

    Parameters
    ----------
    stability : bool or None
        Whether the reasons are compared with those of the bundle's retrained models; where it has any when None.
    counterfactuals : bool
        Whether to search for what would have changed the result of somebody who is not accepted; never beside
        `what_if`.
    what_if : tuple of str
        Moves and corrections, ``MOVE=AMOUNT``, applied in order.
    """

    stability: bool | None = None
    counterfactuals: bool = True
    what_if: tuple[str, ...] = ()


DEFAULT_OPTIONS = ExplainOptions()
