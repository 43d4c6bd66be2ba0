"""What applicants ask for: the product and the credit, which say what a wrong decision costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MIN_ROWS = 20
"""Fewer applicants of a product are not told apart: a rate among them would say something of single persons."""


@dataclass(frozen=True, slots=True, eq=False)
class Loans:
    """One loan per applicant.

    Parameters
    ----------
    product : array of str or None, shape (n,)
        Level of ``NAME_CONTRACT_TYPE``; None where it is not stated.
    credit : array of float64, shape (n,)
        ``AMT_CREDIT`` in currency units; NaN where it is not stated.
    """

    product: npt.NDArray[np.object_]
    credit: npt.NDArray[np.float64]

    def rows(self, which: npt.NDArray[Any]) -> "Loans":
        """Loans of the rows `which` (a mask or row numbers)."""
        return Loans(self.product[which], self.credit[which])


def product_groups(
    product: npt.NDArray[np.object_], products: Sequence[str]
) -> tuple[tuple[str | None, npt.NDArray[np.bool_]], ...]:
    """Applicants of each of `products`, then under None everybody else; no group has 1 to `MIN_ROWS` - 1 applicants.

    A product that is asked for too rarely is among the others, and where these are few the rarest product joins them.
    """
    found = {name: product == name for name in products}
    kept = {name: mask for name, mask in found.items() if np.count_nonzero(mask) >= MIN_ROWS}

    def others() -> npt.NDArray[np.bool_]:
        return ~np.any([np.zeros(len(product), dtype=np.bool_), *kept.values()], axis=0)

    while kept and 0 < np.count_nonzero(others()) < MIN_ROWS:
        kept.pop(min(kept, key=lambda name: int(np.count_nonzero(kept[name]))))
    rest = others()
    return (*kept.items(), *([(None, rest)] if np.any(rest) else []))
