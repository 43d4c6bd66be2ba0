"""Cut-offs, what they come from and what they do, as commands print them."""

from collections.abc import Mapping, Sequence
from typing import Any

from garant.cli.show import warn
from garant.exceptions import UsageError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.economics import LoanEconomics
from garant.models.cutoff import Costs, ReferBand, plain_number, shown_pd
from garant.models.pricing import Pricing

WHY_NO_LOSS = {
    "not_default": "No expected loss: the label is not declared a default ([label] is_default = true in tables.toml).",
    "no_lgd": "No expected loss: no LGD is stated ([economics] in garant.toml, or garant bundle recut --economics).",
}


def product_ratios(said: Sequence[str]) -> dict[str, str]:
    """Ratio of each product of arguments such as ``Revolving loans=1:6``.

    Raises
    ------
    UsageError
        When an argument has no ``=``, or a product comes twice.
    """
    ratios: dict[str, str] = {}
    for text in said:
        product, mark, ratio = text.partition("=")
        if not mark or product.strip() in ratios:
            raise UsageError(f"--product-costs '{text}': write each product once, e.g. \"Revolving loans=1:6\".")
        ratios[product.strip()] = ratio
    return ratios


def cutoff_lines(content: BundleContent) -> list[str]:
    """Cut-off and implied ratio of everybody and of products; what they do to those whom the lender accepted."""
    lines: list[str] = []
    for name, terms in {"": content.cutoffs.single, **content.cutoffs.products}.items():
        where = f" of {name}" if name else ""
        ratio = f" (a ratio of 1:{plain_number(terms.costs.ratio, digits=4)})" if terms.costs.c_fp != 1 else ""
        lines.append(f"Cut-off{where} {shown_pd(terms.cutoff)} from costs {terms.costs}{ratio}.")
    return [*lines, today_line(content)]


def dropped_lines(old: BundleContent, new: BundleContent) -> list[str]:
    """Products whose own cut-off a recut has taken away, and how each keeps it."""
    by_margin = new.economics is not None and new.economics.has_margin
    lines: list[str] = []
    for name, terms in old.cutoffs.products.items():
        if name in new.cutoffs.products:
            continue
        ratio = f"1:{plain_number(terms.costs.ratio)}"
        keep = f'write [economics.products."{name}"]' if by_margin else f'--product-costs "{name}={ratio}"'
        lines.append(
            f"{name} had a cut-off of its own, {shown_pd(terms.cutoff)} ({ratio}): it is gone, and the one of every "
            f"other product holds. To keep it: {keep}."
        )
    return lines


def band_text(band: ReferBand) -> str:
    """The two PDs of a refer band."""
    ends = (shown_pd(pd, decimals=6) for pd in (band.lower, band.upper))
    return "none" if band.lower == band.upper else f"PD {' to '.join(ends)}"


def band_lines(content: BundleContent) -> list[str]:
    """Refer band of everybody and of each product with a cut-off of its own; no line where it refers nobody."""
    band = content.refer_band
    if band.lower == band.upper:
        return []
    return [
        f"The refer band keeps its width of {band.width:.3f} in log-odds: {band_text(band)}.",
        *(f"Refer band of {name}: {band_text(own.refer_band)}." for name, own in content.cutoffs.products.items()),
    ]


def turned_round(prices: Pricing) -> list[str]:
    """Warnings about costs by which a good payer refused is worse than a bad one accepted: seldom what is meant."""
    stated_as_margins = prices.economics is not None and prices.economics.has_margin
    lines: list[str] = []
    for name, costs in {"": prices.costs, **prices.products}.items():
        if costs.ratio >= 1:
            continue
        meant = "are margin and lgd" if stated_as_margins else f"is {Costs(costs.c_fn, costs.c_fp)}"
        of_product = f" of {name}" if name else ""
        lines.append(
            f"costs{of_product} {costs}: refusing a good payer costs more than accepting a bad one: {meant} meant?"
        )
    return lines


def warn_of_costs(prices: Pricing) -> None:
    """Print the warnings of `turned_round` on stderr."""
    for line in turned_round(prices):
        warn(line)


def today_line(content: BundleContent) -> str:
    """Which share of the labelled applicants, whom the lender accepted, would be refused or referred."""
    shares = {name: content.metrics.out_of_fold.get(name) for name in ("refuse", "refer", "accept")}
    known = {name: entry.value for name, entry in shares.items() if entry is not None and entry.value is not None}
    if len(known) < len(shares):
        return (
            "What it does to those accepted today is not known: training met a product with its own cut-off too rarely."
        )
    rows = content.training.rows
    return (
        f"The lender accepted all {rows:,} applicants that the model learned from; by their PD alone, out of fold, "
        f"{known['refuse']:.1%} would be refused, {known['refer']:.1%} referred, {known['accept']:.1%} accepted."
    )


def refused_from(content: BundleContent) -> str:
    """PD from which applicants are refused, by product where it differs."""
    cutoffs = content.cutoffs
    products = ", ".join(f"{shown_pd(terms.refer_band.upper)} ({name})" for name, terms in cutoffs.products.items())
    single = shown_pd(cutoffs.single.refer_band.upper)
    return f"{single} ({products})" if products else single


def economics_text(of_loan: LoanEconomics) -> str:
    """Entries of ``[economics]`` in one line."""
    said = {
        "margin": of_loan.margin,
        "LGD": of_loan.lgd,
        "EAD share": of_loan.ead_share,
        "fixed cost": of_loan.fixed_cost,
        "average credit": of_loan.average_credit,
    }
    return ", ".join(f"{name} {value:,g}" for name, value in said.items() if value is not None)


def loss_line(found: Mapping[str, Any]) -> str:
    """Expected loss of a run, or why there is none."""
    if "absent" in found:
        return WHY_NO_LOSS[found["absent"]]
    loss, ead = found["expected_loss"], found["ead"]
    unit = found["currency"] or "currency units"
    return (
        f"Expected loss: {sum(loss.values()):,.0f} {unit} on an exposure of {sum(ead.values()):,.0f}; "
        f"{loss['accept']:,.0f} on {ead['accept']:,.0f} of those proposed for acceptance."
    )
