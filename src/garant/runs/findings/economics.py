"""What the cut-offs come from, what they do to each product and to those accepted today, and what loss is expected."""

import math

import numpy as np

from garant.models.cutoff import Outcome
from garant.models.product_cutoffs import PRODUCT
from garant.models.product_results import ProductResult, product_results
from garant.reports.section import Section, Table
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.judged_model import JudgedModel
from garant.scoring.expected_loss import ExpectedLoss, expected_loss, why_no_loss
from garant.wording.catalogue import Wording

OUTCOMES = (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)


def economics_of(inquiry: Inquiry) -> Finding:
    """Section of the report; the bundle holds cut-offs and economics by itself."""
    model = inquiry.model
    judged = model.judged
    results = product_results(model.judged_on.label, judged.pd, model.judged_loans, judged.rows_cutoffs)

    def section(wording: Wording) -> Section:
        said = _said(model, wording)
        losses = _losses(model)
        tables = [*_economics_tables(model, wording), _products(results, wording)]
        if isinstance(losses, str):
            said.append(wording.text(f"report.economics.no_loss.{losses}"))
        else:
            currency = model.accepted.config.money.currency or wording.text("report.economics.unit")
            tables.append(_loss_table(model, results, losses, wording, currency=currency))
        return Section(
            name="economics",
            heading=wording.text("report.heading.economics"),
            paragraphs=tuple(said),
            tables=tuple(tables),
        )

    return Finding(sections=(section,))


def _said(model: JudgedModel, wording: Wording) -> list[str]:
    """Where the costs come from; what happens to those whom the lender accepted."""
    economics = model.pricing.economics
    source = "economics" if economics is not None and economics.has_margin else "ratio"
    said = [wording.text(f"report.economics.source.{source}")]
    if model.pricing.products:
        said.append(wording.text("report.economics.by_product"))
    shares = {name: _percent(model.judged.measures[name].value, wording) for name in ("accept", "refer", "refuse")}
    n = wording.number(model.judged.rows)
    return [*said, wording.text("report.economics.today", n=n, **shares)]


def _economics_tables(model: JudgedModel, wording: Wording) -> list[Table]:
    economics = model.pricing.economics
    if economics is None:
        return []
    rows: list[tuple[str, ...]] = []
    for name in (None, *economics.products):
        loan = economics.of(name)
        title = wording.text("report.economics.default") if name is None else _product(name, wording)
        none = wording.text("report.none")
        rows.append(
            (
                title,
                none if loan.margin is None else _percent(loan.margin, wording),
                _percent(loan.lgd, wording),
                _percent(loan.ead_share, wording),
                wording.number(loan.fixed_cost, decimals=2),
                none if loan.average_credit is None else wording.number(loan.average_credit),
            )
        )
    columns = ("product", "margin", "lgd", "ead_share", "fixed_cost", "average_credit")
    return [Table(wording.text("report.economics.caption"), _columns(wording, *columns), tuple(rows))]


def _products(results: tuple[ProductResult, ...], wording: Wording) -> Table:
    rows = tuple(
        (
            _product(found.product, wording),
            wording.number(found.rows),
            _percent(found.bad_rate, wording),
            wording.number(found.mean_credit),
            _percent(found.cutoff, wording),
            wording.text("report.none") if math.isnan(found.ratio) else f"1:{wording.number(found.ratio, decimals=2)}",
            *(_percent(found.shares[outcome], wording) for outcome in OUTCOMES),
            wording.number(found.cost, decimals=4, fixed=True),
        )
        for found in results
    )
    names = ("product", "applicants", "observed", "mean_credit", "cutoff", "ratio", "accept", "refer", "refuse", "cost")
    return Table(wording.text("report.economics.products"), _columns(wording, *names), rows)


def _losses(model: JudgedModel) -> ExpectedLoss | str:
    economics = model.pricing.economics
    absent = why_no_loss(is_default=model.accepted.config.label.is_default, economics=economics)
    if economics is None or absent is not None:
        return absent or "no_lgd"
    return expected_loss(model.judged.pd, model.judged_loans, economics)


def _loss_table(
    model: JudgedModel, results: tuple[ProductResult, ...], losses: ExpectedLoss, wording: Wording, *, currency: str
) -> Table:
    """Exposure, expected loss and the loss that the observed outcomes make at the same LGD, by product."""
    lost = losses.lgd * losses.ead * model.judged_on.label
    groups = [(_product(found.product, wording), found.which) for found in results]
    everybody = np.ones(len(lost), dtype=np.bool_)
    rows = tuple(
        (
            title,
            wording.number(float(np.nansum(losses.ead[which]))),
            wording.number(float(np.nansum(losses.expected_loss[which]))),
            _percent(float(np.nansum(losses.expected_loss[which]) / np.nansum(losses.ead[which])), wording),
            wording.number(float(np.nansum(lost[which]))),
        )
        for title, which in [*groups, (wording.text("report.economics.all"), everybody)]
    )
    columns = _columns(wording, "product", "ead", "expected_loss", "loss_rate", "lost")
    return Table(wording.text("report.economics.losses", currency=currency), columns, rows)


def _product(name: str | None, wording: Wording) -> str:
    return wording.text("report.economics.others") if name is None else wording.level(PRODUCT, name)


def _columns(wording: Wording, *names: str) -> tuple[str, ...]:
    return tuple(wording.text(f"report.column.{name}") for name in names)


def _percent(share: float, wording: Wording) -> str:
    return wording.text("report.none") if math.isnan(share) else wording.percent(share, decimals=2, fixed=True)
