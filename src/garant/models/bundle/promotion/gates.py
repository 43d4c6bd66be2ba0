"""What must hold before a bundle is promoted, from what the bundle says about itself.

A gate is a function of the bundle's content that returns what is wrong, or None. Adding one is a line in `GATES`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scipy.stats import binom

from garant.metrics.fairness import LOWEST_APPROVAL_RATIO, OBSERVED_TO_EXPECTED
from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.cutoff import shown_pd

SLOPE_RANGE = (0.90, 1.10)
"""Calibration slopes with which PDs may be used; an interval that does not reach it is off for certain."""

SLOPE_VALUES = (0.85, 1.15)
"""Where the slope itself must lie, so that a sample too small to tell anything does not pass."""

BAND_LEVEL = 0.99
"""Level of all bands of PD together: one well calibrated bundle in a hundred fails by chance."""

LEAK_AUC = 0.90
"""Predicting payment difficulties from an application does not get so good; a column that knows the future does."""

LEAK_DROP = 0.05
"""An AUC that falls by more on later applicants, beyond both intervals, points to a column that is filled in later."""

Gate = Callable[[BundleContent], str | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says about one bundle.

    Parameters
    ----------
    gate : str
        Name of the gate.
    wrong : str or None
        What is wrong; None when the bundle passes.
    """

    gate: str
    wrong: str | None

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong is None


def verdicts(content: BundleContent) -> tuple[Verdict, ...]:
    """What every gate says, in the order of `GATES`."""
    return tuple(Verdict(name, gate(content)) for name, gate in GATES.items())


def calibration_slope(content: BundleContent) -> str | None:
    """Slopes of the calibration line: cross-fitted, and on later applicants where there are any."""
    wrong = [
        f"{sample} slope {_shown(measures.get('slope'))}, expected {SLOPE_VALUES[0]} to {SLOPE_VALUES[1]} with an "
        f"interval that reaches {SLOPE_RANGE[0]} to {SLOPE_RANGE[1]}"
        for sample, measures in _samples(content).items()
        if not _usable_slope(measures.get("slope"))
    ]
    return "; ".join(wrong) or None


def calibration_bands(content: BundleContent) -> str | None:
    """Cases in each band of PD against what the two ends of the band promise, out of fold.

    A band is refused when its cases are fewer than its lower PD explains or more than its upper one does, at a level
    that all bands share (Bonferroni). Inside a band no mean PD is kept, so this is never too strict.
    """
    tail = (1 - BAND_LEVEL) / 2 / len(content.pd_bands)
    wrong: list[str] = []
    lower = 0.0
    for band in content.pd_bands:
        fewest = int(binom.ppf(tail, band.rows, lower)) if lower > 0 else 0
        most = int(binom.ppf(1 - tail, band.rows, band.upper))
        if not fewest <= band.positives <= most:
            wrong.append(
                f"PD {lower:.3f} to {band.upper:.3f}: {band.positives} cases of {band.rows}, "
                f"expected {fewest} to {most}"
            )
        lower = band.upper
    return "; ".join(wrong) or None


def leak(content: BundleContent) -> str | None:
    """Whether the model ranks better than can be, or much better on the training sample than later.

    Strong features that the training was allowed to use are named with their reasons: who signs a waiver shall know.
    """
    samples = _samples(content)
    wrong = [
        f"{sample} AUC {_shown(measures.get('auc'))}, expected at most {LEAK_AUC}: look for a column that knows "
        "the future"
        for sample, measures in samples.items()
        if (entry := measures.get("auc")) is None or entry.value is None or entry.value > LEAK_AUC
    ]
    seen, later = (measures.get("auc") for measures in (samples["out of fold"], samples.get("test", {})))
    if _fell(seen, later):
        wrong.append(f"AUC falls from {_shown(seen)} out of fold to {_shown(later)} in the test")
    if wrong and content.leak_checks is not None:
        wrong += [f"{f.feature} was allowed because: {f.allowed_because}" for f in content.leak_checks.allowed]
    return "; ".join(wrong) or None


def fairness(content: BundleContent) -> str | None:
    """Whether every group of the protected attributes is treated within the limits, at the cut-off of this bundle.

    What was not judged does not pass: a bundle of an older garant, one that was cut elsewhere since, and one without a
    single group of enough applicants need somebody who answers for them. An attribute that the data did not have is
    named in the section and fails nothing: no lender can be asked to collect it.
    """
    section = content.fairness
    if section is None:
        return "how groups are treated was not judged: train again with this garant"
    products = {product: terms.cutoff for product, terms in content.cutoffs.products.items()}
    judged, used = (
        {"": at, **of} for at, of in ((section.cutoff, section.product_cutoffs or {}), (content.cutoff, products))
    )
    if judged.keys() != used.keys() or not all(math.isclose(judged[name], used[name], rel_tol=1e-12) for name in used):
        return (
            f"groups were judged at the cut-off {_cutoffs(judged)}, this bundle cuts at {_cutoffs(used)}: train with "
            "these costs (costs or [economics] in the settings), so that groups are judged where it cuts"
        )
    if not section.is_judged:
        return "no group of a protected attribute has enough applicants to be judged"
    expected = {
        "approval_ratio": f"expected an interval that reaches {LOWEST_APPROVAL_RATIO}",
        "observed_to_expected": (
            f"expected an interval that reaches {OBSERVED_TO_EXPECTED[0]} to {OBSERVED_TO_EXPECTED[1]}"
        ),
    }
    wrong = [
        f"{attribute} {group.group}: {fault.replace('_', ' ')} {_interval(getattr(group, fault))}, {expected[fault]}"
        for attribute, groups in section.attributes.items()
        for group in groups
        for fault in group.faults
    ]
    return "; ".join(wrong) or None


def profile(content: BundleContent) -> str | None:
    """Whether the model leaves protected attributes out: one of profile ``kaggle`` reads them.

    It serves comparisons. Were it used, sex, age or family would decide about credit, so somebody has to sign for that.
    """
    if content.profile != "kaggle":
        return None
    return "profile kaggle is for comparison only: it reads protected attributes; train with --profile eu"


GATES: Mapping[str, Gate] = {
    "calibration_slope": calibration_slope,
    "calibration_bands": calibration_bands,
    "leak": leak,
    "fairness": fairness,
    "profile": profile,
}


def _samples(content: BundleContent) -> dict[str, dict[str, MetricEntry]]:
    found = {"out of fold": content.metrics.out_of_fold}
    if content.metrics.out_of_time is not None:
        found["test"] = content.metrics.out_of_time
    return found


def _usable_slope(entry: MetricEntry | None) -> bool:
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return False
    inside = SLOPE_VALUES[0] <= entry.value <= SLOPE_VALUES[1]
    return inside and entry.low <= SLOPE_RANGE[1] and entry.high >= SLOPE_RANGE[0]


def _fell(seen: MetricEntry | None, later: MetricEntry | None) -> bool:
    if seen is None or later is None or seen.value is None or later.value is None:
        return False
    apart = seen.low is not None and later.high is not None and later.high < seen.low
    return apart and seen.value - later.value > LEAK_DROP


def _shown(entry: MetricEntry | None) -> str:
    if entry is None or entry.value is None:
        return "unknown"
    if entry.low is None or entry.high is None:
        return f"{entry.value:.3f} (no interval)"
    return f"{entry.value:.3f} [{entry.low:.3f}, {entry.high:.3f}]"


def _cutoffs(cutoffs: Mapping[str, float]) -> str:
    return ", ".join(
        f"{shown_pd(cutoff)} ({product})" if product else shown_pd(cutoff) for product, cutoff in cutoffs.items()
    )


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
