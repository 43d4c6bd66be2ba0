"""Expected loss: PD times loss given default times exposure, where the label is a default and an LGD was stated."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from garant.models.bundle.economics import Economics
from garant.models.loans import Loans

Floats = npt.NDArray[np.float64]

Absence = Literal["not_default", "no_lgd"]
"""Why there is no expected loss: the label is no default, or nobody stated what is lost on one."""


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedLoss:
    """Of each applicant, arrays of float64 of shape (n,); NaN where the credit is not stated.

    Parameters
    ----------
    ead : array
        Exposure at default, ``ead_share * AMT_CREDIT``, in currency units.
    lgd : array
        Share of it that is lost.
    expected_loss : array
        ``PD * LGD * EAD``, in currency units.
    """

    ead: Floats
    lgd: Floats
    expected_loss: Floats


def why_no_loss(*, is_default: bool, economics: Economics | None) -> Absence | None:
    """Why there is no expected loss, for a label that is a default or not and what loans lose; None when there is."""
    if not is_default:
        return "not_default"
    return "no_lgd" if economics is None else None


def expected_loss(pd: Floats, loans: Loans, economics: Economics) -> ExpectedLoss:
    """Expected loss of each applicant.

    Parameters
    ----------
    pd : array of float64, shape (n,)
        Calibrated probability of default.
    loans : Loans
        What the same applicants ask for.
    economics : Economics
        LGD and exposure by product.
    """
    products = [None, *economics.products]
    number = np.zeros(len(pd), dtype=np.int64)
    for position, name in enumerate(economics.products, start=1):
        number[loans.product == name] = position
    share = np.array([economics.of(name).ead_share for name in products])[number]
    lgd = np.array([economics.of(name).lgd for name in products])[number]
    ead = share * loans.credit
    return ExpectedLoss(ead, lgd, pd * lgd * ead)
