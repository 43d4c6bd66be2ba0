"""The same model with another cut-off is another bundle, and says where it comes from."""

from collections.abc import Sequence
from pathlib import Path

from garant.models.bundle.content import MetricsEntry, metric_entries
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.cutoff import Costs, ReferBand, cutoff, moved_band
from garant.models.pd_bands import PdBand, accepted_contributions, cutoff_measures


def recut(bundle: Bundle, costs: Costs, out: Path, *, signer: Signer, trust: Trust, overwrite: bool = False) -> Bundle:
    """Write `bundle` with the cut-off of other `costs` to `out`.

    The models, their calibrators and every other file stay. The refer band keeps its widths in log-odds. What depends
    on the cut-off (cost, shares of outcomes, mean contributions of accepted applicants) is taken anew from the counts
    by PD that the bundle holds. It is exact for cost ratios 1:1 to 1:50 in whole numbers as long as both ends of the
    refer band lie on such a border; between borders applicants are taken as evenly spread. Out-of-time measures that
    depend on the cut-off are left out: the bundle holds no counts of that sample.

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
    metrics = _metrics(old.metrics, old.pd_bands, costs=costs, band=band, seed=old.seed)
    challenger = old.challenger
    if challenger is not None:
        at_cutoff = _metrics(
            challenger.metrics, challenger.pd_bands, costs=costs, band=ReferBand.at(point), seed=old.seed
        )
        challenger = challenger.model_copy(update={"metrics": at_cutoff})
    content = old.model_copy(
        update={
            "costs": costs,
            "cutoff": point,
            "refer_band": band,
            "accepted_contributions": accepted_contributions(old.pd_bands, below=band.lower),
            "metrics": metrics,
            "challenger": challenger,
            "recut_from": bundle.digest,
        }
    )
    write_bundle(out, content, bundle.files, signer=signer, overwrite=overwrite)
    return read_bundle(out, trust)


def _metrics(old: MetricsEntry, bands: Sequence[PdBand], *, costs: Costs, band: ReferBand, seed: int) -> MetricsEntry:
    anew = metric_entries(cutoff_measures(bands, costs=costs, band=band, seed=seed))
    later = old.out_of_time
    return MetricsEntry(
        out_of_fold=old.out_of_fold | anew,
        out_of_time=None if later is None else {name: m for name, m in later.items() if name not in anew},
    )
