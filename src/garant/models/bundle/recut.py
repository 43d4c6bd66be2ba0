"""The same model with another cut-off is another bundle, and says where it comes from."""

from pathlib import Path
from typing import TYPE_CHECKING

from garant.models.bundle.content import MetricsEntry, metric_entries
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.cutoff import moved_band
from garant.models.pd_bands import BandsAndTerms, accepted_contributions, cutoff_measures, judged_bands
from garant.models.product_cutoffs import Cutoffs

if TYPE_CHECKING:
    # Prices know the bundle's economics: imported for good, each would wait for the other.
    from garant.models.pricing import Pricing

AT_CUTOFF = ("cost", "accept", "refer", "refuse")
"""Measures that depend on the cut-off."""


def recut(
    bundle: Bundle, prices: "Pricing", out: Path, *, signer: Signer, trust: Trust, overwrite: bool = False
) -> Bundle:
    """Write `bundle` with the cut-offs of other `prices` to `out`.

    The models, their calibrators and every other file stay. Each refer band keeps its widths in log-odds. What depends
    on the cut-offs (cost, shares of outcomes, mean contributions of accepted applicants) is taken anew from the counts
    by PD, and by product, that the bundle holds. It is exact for cost ratios 1:1 to 1:50 in whole numbers as long as
    both ends of the refer band lie on such a border; between borders applicants are taken as evenly spread.
    Out-of-time measures that depend on the cut-off are left out: the bundle holds no counts of that sample; so are all
    of them where a product gets a cut-off of its own that training met too rarely to count.

    Prices without economics keep the bundle's for expected losses, without its margins.

    Whose signature the old bundle carries says nothing about the new one, which `signer` signs.

    Returns
    -------
    Bundle
        The new bundle, read back and checked.

    Raises
    ------
    UsageError
        When `out` exists and may not be replaced.
    BundleSignatureError
        When `trust` does not list the key of `signer`: then nothing is written.
    """
    trust.require(signer.signature, where=out)
    old = bundle.content
    band = moved_band(old.refer_band, old_cutoff=old.cutoff, new_cutoff=prices.cutoffs.single.cutoff)
    cutoffs = Cutoffs.of(prices.costs, prices.products, band=band)
    judged = judged_bands(old.pd_bands, old.product_bands, cutoffs)
    challenger = old.challenger
    if challenger is not None:
        # The challenger decides nothing, so nobody is referred for being near its cut-off.
        judged_too = judged_bands(challenger.pd_bands, challenger.product_bands, prices.cutoffs)
        at_cutoff = _metrics(challenger.metrics, judged_too, seed=old.seed)
        challenger = challenger.model_copy(update={"metrics": at_cutoff})
    kept = None if old.economics is None else old.economics.of_losses()
    content = old.model_copy(
        update={
            "costs": cutoffs.single.costs,
            "cutoff": cutoffs.single.cutoff,
            "refer_band": cutoffs.single.refer_band,
            "product_cutoffs": dict(cutoffs.products) or None,
            "economics": prices.economics or kept,
            "accepted_contributions": accepted_contributions(judged or [(old.pd_bands, cutoffs.single)]),
            "metrics": _metrics(old.metrics, judged, seed=old.seed),
            "challenger": challenger,
            "variants": None if old.variants is None else old.variants.without_refusals(),
            "recut_from": bundle.digest,
        }
    )
    write_bundle(out, content, bundle.files, signer=signer, overwrite=overwrite)
    return read_bundle(out, trust)


def _metrics(old: MetricsEntry, judged: BandsAndTerms | None, *, seed: int) -> MetricsEntry:
    anew = {} if judged is None else metric_entries(cutoff_measures(judged, seed=seed))
    later = old.out_of_time
    kept = {name: m for name, m in old.out_of_fold.items() if name not in AT_CUTOFF}
    return MetricsEntry(
        out_of_fold=kept | anew,
        out_of_time=None if later is None else {name: m for name, m in later.items() if name not in AT_CUTOFF},
    )
