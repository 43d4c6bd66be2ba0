"""What the cut-offs come from, what they do to each product and to those accepted today, and what loss is expected."""

from functools import partial

from garant.models.cutoff import Outcome
from garant.models.product_results import product_results
from garant.reports.economics_section import EconomicsFacts, economics_section
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.judged_model import JudgedModel
from garant.scoring.expected_loss import Absence, ExpectedLoss, expected_loss, why_no_loss


def economics_of(inquiry: Inquiry) -> Finding:
    """Section of the report; the bundle holds cut-offs and economics by itself."""
    model = inquiry.model
    judged, label = model.judged, model.judged_on.label
    facts = EconomicsFacts(
        pricing=model.pricing,
        label=label,
        shares={outcome: judged.measures[outcome].value for outcome in Outcome},
        results=product_results(label, judged.pd, model.judged_loans, judged.rows_cutoffs),
        losses=_losses(model),
        currency=model.accepted.config.money.currency,
    )
    return Finding(sections=(partial(economics_section, facts),))


def _losses(model: JudgedModel) -> ExpectedLoss | Absence:
    economics = model.pricing.economics
    absent = why_no_loss(is_default=model.accepted.config.label.is_default, economics=economics)
    if economics is None or absent is not None:
        return absent or "no_lgd"
    return expected_loss(model.judged.pd, model.judged_loans, economics)
