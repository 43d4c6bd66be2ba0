"""Section of a report: what the cut-offs come from, what they do to each product, what loss is expected."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.models.cutoff import Outcome
from garant.models.pricing import Pricing
from garant.models.product_cutoffs import PRODUCT
from garant.models.product_results import ProductResult
from garant.reports.section import Section, Table
from garant.scoring.expected_loss import Absence, ExpectedLoss
from garant.wording.catalogue import Wording

OUTCOMES = (Outcome.ACCEPT, Outcome.REFER, Outcome.REFUSE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EconomicsFacts:
    """What the section shows of the judged applicants.

    Parameters
    ----------
    pricing : Pricing
        What wrong decisions cost.
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    shares : mapping of Outcome to float
        Share of all applicants with each outcome, by PD alone.
    results : tuple of ProductResult
        The same by product.
    losses : ExpectedLoss or str
        Expected loss of each applicant; or why there is none.
    currency : str or None
        Of the amounts, where the lender states it.
    """

    pricing: Pricing
    label: npt.NDArray[np.int8]
    shares: Mapping[Outcome, float]
    results: tuple[ProductResult, ...]
    losses: ExpectedLoss | Absence
    currency: str | None


def economics_section(found: EconomicsFacts, wording: Wording) -> Section:
    """Make the section in the language of `wording`."""
    return Section(
        name="economics",
        heading=wording.text("report.heading.economics"),
        paragraphs=tuple(_said(found, wording)),
        tables=(
            *_economics_tables(found, wording),
            _products(found.results, wording),
            *_loss_tables(found, wording),
        ),
    )


def _said(found: EconomicsFacts, wording: Wording) -> list[str]:
    """Where the costs come from; what happens to those whom the lender accepted."""
    economics = found.pricing.economics
    source = "economics" if economics is not None and economics.has_margin else "ratio"
    said = [wording.text(f"report.economics.source.{source}")]
    if found.pricing.products:
        said.append(wording.text("report.economics.by_product"))
    shares = {str(outcome): _percent(found.shares[outcome], wording) for outcome in OUTCOMES}
    said.append(wording.text("report.economics.today", n=wording.number(len(found.label)), **shares))
    if isinstance(found.losses, str):
        said.append(wording.text(f"report.economics.no_loss.{found.losses}"))
    return said


def _economics_tables(found: EconomicsFacts, wording: Wording) -> list[Table]:
    economics = found.pricing.economics
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


def _loss_tables(found: EconomicsFacts, wording: Wording) -> list[Table]:
    """Exposure, expected loss and the loss that the observed outcomes make at the same LGD, by product."""
    losses = found.losses
    if isinstance(losses, str):
        return []
    lost = losses.lgd * losses.ead * found.label
    groups = [(_product(each.product, wording), each.which) for each in found.results]
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
    currency = found.currency or wording.text("report.economics.unit")
    return [Table(wording.text("report.economics.losses", currency=currency), columns, rows)]


def _product(name: str | None, wording: Wording) -> str:
    return wording.text("report.economics.others") if name is None else wording.level(PRODUCT, name)


def _columns(wording: Wording, *names: str) -> tuple[str, ...]:
    return tuple(wording.text(f"report.column.{name}") for name in names)


def _percent(share: float, wording: Wording) -> str:
    return wording.text("report.none") if math.isnan(share) else wording.percent(share, decimals=2, fixed=True)
