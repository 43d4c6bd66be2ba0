"""What the cut-offs come from, what they do to each product and to those accepted today, and what loss is expected."""

from functools import partial

import numpy as np
import numpy.typing as npt

from garant.models.bundle.economics import Economics
from garant.models.cutoff import Outcome
from garant.models.evaluation import Evaluation
from garant.models.loans import Loans
from garant.models.pricing import Pricing
from garant.models.product_results import product_results
from garant.reports.economics_section import EconomicsFacts, economics_section
from garant.reports.section import SectionMaker
from garant.runs.findings.finding import Finding, Inquiry
from garant.scoring.expected_loss import Absence, ExpectedLoss, expected_loss, why_no_loss


def economics_of(inquiry: Inquiry) -> Finding:
    """Section of the report; the bundle holds cut-offs and economics by itself."""
    model, config = inquiry.model, inquiry.model.accepted.config
    section = cutoffs_section(
        model.judged,
        model.judged_on.label,
        model.judged_loans,
        model.pricing,
        is_default=config.label.is_default,
        currency=config.money.currency,
    )
    return Finding(sections=(section,))


def cutoffs_section(
    judged: Evaluation,
    label: npt.NDArray[np.int8],
    loans: Loans,
    pricing: Pricing,
    *,
    is_default: bool,
    currency: str | None,
) -> SectionMaker:
    """Section on the cut-offs of a training or of a validation.

    Parameters
    ----------
    judged : Evaluation
        Quality on the judged applicants.
    label : array of {0, 1}, shape (n,)
        Their outcomes, in the same order.
    loans : Loans
        What they ask for.
    pricing : Pricing
        What wrong decisions cost.
    is_default : bool
        Whether the label is declared a default, so that a PD tells a loss.
    currency : str or None
        Of the amounts, where the lender states it.
    """
    facts = EconomicsFacts(
        pricing=pricing,
        label=label,
        shares={outcome: judged.measures[outcome].value for outcome in Outcome},
        results=product_results(label, judged.pd, loans, judged.rows_cutoffs),
        losses=_losses(judged.pd, loans, pricing.economics, is_default=is_default),
        currency=currency,
    )
    return partial(economics_section, facts)


def _losses(
    pd: npt.NDArray[np.float64], loans: Loans, economics: Economics | None, *, is_default: bool
) -> ExpectedLoss | Absence:
    absent = why_no_loss(is_default=is_default, economics=economics)
    if economics is None or absent is not None:
        return absent or "no_lgd"
    return expected_loss(pd, loans, economics)
