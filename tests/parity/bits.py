"""Columns as a comparison must see them: NULL, NaN, 0.0 and -0.0 are four different things, and so are 1 and 1.0."""

import struct
from collections.abc import Sequence
from typing import Any

SHOWN = 3
"""Clients named of a column that differs."""


def told_apart(cell: object) -> object:
    """The cell itself, a float as its eight bytes."""
    return ("float64", struct.pack("<d", cell)) if isinstance(cell, float) else (type(cell).__name__, cell)


def differing(found: Sequence[Any], expected: Sequence[Any], ids: Sequence[int]) -> list[str]:
    """What differs between two columns of the same clients; empty when every bit agrees."""
    if len(found) != len(expected):
        return [f"{len(found)} clients instead of {len(expected)}"]
    wrong = [
        f"client {client}: {one!r} instead of {other!r}"
        for client, one, other in zip(ids, found, expected, strict=True)
        if told_apart(one) != told_apart(other)
    ]
    return [*wrong[:SHOWN], f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else wrong
