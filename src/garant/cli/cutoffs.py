"""Cut-offs, what they come from and what they do, as commands print them."""

from collections.abc import Mapping, Sequence
from typing import Any

from garant.exceptions import UsageError
from garant.models.bundle.content import BundleContent
from garant.models.bundle.economics import LoanEconomics

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
        ratio = f" (a ratio of 1:{terms.costs.ratio:.4g})" if terms.costs.c_fp != 1 else ""
        lines.append(f"Cut-off{where} {terms.cutoff:.4f} from costs {terms.costs}{ratio}.")
    return [*lines, today_line(content)]


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
    products = ", ".join(f"{terms.refer_band.upper:.4f} ({name})" for name, terms in cutoffs.products.items())
    single = f"{cutoffs.single.refer_band.upper:.4f}"
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
