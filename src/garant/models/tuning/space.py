"""Which parameters tuning changes, and between which ends."""

from dataclasses import replace
from typing import Protocol

from garant.models.parameters import Parameters

Value = int | float | bool

VERSION = 1
"""Of the space and of how a set of parameters is valued: trials of another version are not comparable."""

WHOLE: dict[str, tuple[int, int]] = {"num_leaves": (4, 63), "min_data_in_leaf": (20, 300)}
"""Whole numbers, tried on a log scale."""

SHARES: dict[str, tuple[float, float]] = {"feature_fraction": (0.05, 0.8), "bagging_fraction": (0.4, 1.0)}
"""Shares of features and rows of each tree, tried evenly."""

PENALTIES: dict[str, tuple[float, float]] = {"lambda_l2": (0.5, 100.0)}
"""Ridge, tried on a log scale."""

SWITCHES = ("extra_trees",)

TUNED = (*WHOLE, *SHARES, *PENALTIES, *SWITCHES)


class Trial(Protocol):
    """What is asked for the next value of each parameter."""

    def suggest_int(self, name: str, low: int, high: int, /, *, log: bool = False) -> int:
        """Whole number from `low` to `high`."""
        ...

    def suggest_float(self, name: str, low: float, high: float, /, *, log: bool = False) -> float:
        """Number from `low` to `high`."""
        ...

    def suggest_categorical(self, name: str, choices: tuple[bool, ...], /) -> bool:
        """One of `choices`."""
        ...


def suggested(trial: Trial, start: Parameters) -> Parameters:
    """`start` with the values that `trial` suggests; rate, patience, categories and directions stay as they are.

    The learning rate is left alone: a smaller one is always a little better and always slower.
    """
    found: dict[str, Value] = {}
    for name, (low, high) in WHOLE.items():
        found[name] = trial.suggest_int(name, low, high, log=True)
    for name, (low, high) in SHARES.items():
        found[name] = trial.suggest_float(name, low, high)
    for name, (low, high) in PENALTIES.items():
        found[name] = trial.suggest_float(name, low, high, log=True)
    for name in SWITCHES:
        found[name] = trial.suggest_categorical(name, (False, True))
    return with_values(start, found)


def values_of(parameters: Parameters) -> dict[str, Value]:
    """What the tuned ones among `parameters` are."""
    return {name: getattr(parameters, name) for name in TUNED}


def with_values(start: Parameters, values: dict[str, Value]) -> Parameters:
    """`start` with other values of tuned parameters."""
    return replace(start, **values)  # pyright: ignore[reportArgumentType] - names of TUNED, with their own types
