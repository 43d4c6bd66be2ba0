"""The same model with another cut-off is another bundle, and says where it comes from."""

from pathlib import Path

from garant.models.bundle.content import metric_entries
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.cutoff import Costs, cutoff, moved_band
from garant.models.pd_bands import accepted_contributions, cutoff_measures


def recut(bundle: Bundle, costs: Costs, out: Path, *, signer: Signer, trust: Trust, overwrite: bool = False) -> Bundle:
    """Write `bundle` with the cut-off of other `costs` to `out`.

    The model, its calibrator and every other file stay. The refer band keeps its widths in log-odds. What depends on
    the cut-off (cost, shares of outcomes, mean contributions of accepted applicants) is taken anew from the counts by
    PD that the bundle holds. It is exact for cost ratios 1:1 to 1:50 in whole numbers as long as both ends of the refer
    band lie on such a border; between borders applicants are taken as evenly spread. Out-of-time measures that depend
    on the cut-off are left out: the bundle holds no counts of that sample.

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
    point = cutoff(costs)
    band = moved_band(old.refer_band, old_cutoff=old.cutoff, new_cutoff=point)
    anew = metric_entries(cutoff_measures(old.pd_bands, costs=costs, band=band, seed=old.seed))
    later = old.metrics.out_of_time
    metrics = old.metrics.model_copy(
        update={
            "out_of_fold": old.metrics.out_of_fold | anew,
            "out_of_time": None if later is None else {name: m for name, m in later.items() if name not in anew},
        }
    )
    content = old.model_copy(
        update={
            "costs": costs,
            "cutoff": point,
            "refer_band": band,
            "accepted_contributions": accepted_contributions(old.pd_bands, below=band.lower),
            "metrics": metrics,
            "recut_from": bundle.digest,
        }
    )
    write_bundle(out, content, bundle.files, signer=signer, overwrite=overwrite)
    return read_bundle(out, trust)
