"""Everything that is said about a model's quality on one sample: measures with intervals, and curves for the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from garant.metrics.calibration import CalibrationBin, brier, calibration_line, deciles, ece
from garant.metrics.cost import CostCurve, best_cutoff, cost_curve
from garant.metrics.discrimination import auc, ks, pr_auc, roc
from garant.metrics.intervals import REPLICATES, Interval, bootstrap
from garant.metrics.sample import Array
from garant.models.calibration import cross_fitted_log_odds, isotonic_curve
from garant.models.calibrator import Calibrator, pd_of
from garant.models.cutoff import Costs, ReferBand
from garant.models.decision_measures import decision_measures
from garant.models.loans import Loans
from garant.models.product_cutoffs import Cutoffs, RowCutoffs

MEASURES = (
    "auc",
    "gini",
    "ks",
    "pr_auc",
    "brier",
    "slope",
    "intercept",
    "ece",
    "cost",
    "accept",
    "refer",
    "refuse",
)
"""Names of the measures of an evaluation, in the order of a printed table."""

CURVE_POINTS = 200
SCORE_BINS = 40
LOWEST_CUTOFF = 0.005
"""Left end of the cost curve."""

Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreDistribution:
    """Histogram of the PD in log-odds, by outcome.

    Parameters
    ----------
    edges : array of float64, shape (bins + 1,)
        Log-odds of payment difficulties.
    good, bad : arrays of int64, shape (bins,)
        Applicants without and with payment difficulties.
    """

    edges: Array
    good: npt.NDArray[np.int64]
    bad: npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """Quality of a model on one sample.

    Parameters
    ----------
    rows, positives : int
        Applicants, and those with payment difficulties.
    mean_pd : float
        Mean PD.
    gap_standard_errors : float
        Mean PD minus observed rate, in standard errors of the rate that the PDs imply. Beyond ±2.5 the level is off.
    measures : mapping of str to Interval
        Every name of `MEASURES`. `cost` is per applicant at their cut-offs; `accept`, `refer`, `refuse` are shares.
    best_cutoff : Interval
        Cheapest single cut-off in this sample, shown beside the one that the costs give; nothing is decided by it.
    fold_auc : tuple of float
        AUC inside each fold; empty for a held-out sample.
    costs, cutoff, band
        Of everybody whose product has no cut-off of its own.
    rows_cutoffs : RowCutoffs
        What each applicant's cost and outcome were taken at, in the order of the sample.
    margin : array of float64, shape (n,)
        What ranks the applicants, in the order of the sample.
    pd : array of float64, shape (n,)
        PD of each applicant, in the same order.
    deciles : tuple of CalibrationBin
        Calibration by decile, each with its 99 % band.
    isotonic : tuple of arrays
        Corners (PD, observed rate) of the isotonic picture.
    roc : tuple of arrays
        Points (false positive rate, true positive rate), at most `CURVE_POINTS`.
    scores : ScoreDistribution
        PD by outcome.
    cost_curve : CostCurve
        Cost and refusals over cut-offs that hold for everybody; the single one is among them.
    """

    rows: int
    positives: int
    mean_pd: float
    gap_standard_errors: float
    measures: Mapping[str, Interval]
    best_cutoff: Interval
    fold_auc: tuple[float, ...]
    costs: Costs
    cutoff: float
    band: ReferBand
    rows_cutoffs: RowCutoffs
    margin: Array
    pd: Array
    deciles: tuple[CalibrationBin, ...]
    isotonic: tuple[Array, Array]
    roc: tuple[Array, Array]
    scores: ScoreDistribution
    cost_curve: CostCurve


def evaluate_out_of_fold(
    label: Labels,
    margin: Array,
    fold: npt.NDArray[np.int8],
    *,
    cutoffs: Cutoffs,
    loans: Loans | None = None,
    seed: int,
    replicates: int = REPLICATES,
) -> Evaluation:
    """Evaluate out-of-fold margins; PDs are cross-fitted, so no row is judged by a line that it helped to draw.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    margin : array of float64, shape (n,)
        Out-of-fold margin.
    fold : array of int8, shape (n,)
        Fold of each row.
    cutoffs : Cutoffs
        What applicants are judged by.
    loans : Loans, optional
        What they asked for; without it everybody is judged by the single cut-off.
    seed : int
        Seed of the intervals.
    replicates : int
        Bootstrap samples.
    """
    fold_auc = tuple(auc(label[fold == number], margin[fold == number]) for number in np.unique(fold))
    log_odds = cross_fitted_log_odds(margin, label, fold)
    return _evaluate(
        label, margin, log_odds, cutoffs=cutoffs, loans=loans, seed=seed, replicates=replicates, fold_auc=fold_auc
    )


def evaluate_held_out(
    label: Labels,
    margin: Array,
    calibrator: Calibrator,
    *,
    cutoffs: Cutoffs,
    loans: Loans | None = None,
    seed: int,
    replicates: int = REPLICATES,
) -> Evaluation:
    """Evaluate the champion on applicants that neither it nor its calibrator has seen, an out-of-time sample say."""
    log_odds = calibrator.log_odds(margin)
    return _evaluate(
        label, margin, log_odds, cutoffs=cutoffs, loans=loans, seed=seed, replicates=replicates, fold_auc=()
    )


def _evaluate(
    label: Labels,
    margin: Array,
    log_odds: Array,
    *,
    cutoffs: Cutoffs,
    loans: Loans | None,
    seed: int,
    replicates: int,
    fold_auc: tuple[float, ...],
) -> Evaluation:
    single = cutoffs.single
    rows = cutoffs.rows(np.full(len(label), None) if loans is None else loans.product)
    pd = pd_of(log_odds)
    intervals = measured(label, margin, log_odds, costs=single.costs, rows=rows, seed=seed, replicates=replicates)
    return Evaluation(
        rows=len(label),
        positives=int(np.sum(label)),
        mean_pd=float(np.mean(pd)),
        gap_standard_errors=float(np.sum(pd - label) / np.sqrt(np.sum(pd * (1 - pd)))),
        measures={name: intervals[name] for name in MEASURES},
        best_cutoff=intervals["best_cutoff"],
        fold_auc=fold_auc,
        costs=single.costs,
        cutoff=single.cutoff,
        band=single.refer_band,
        rows_cutoffs=rows,
        margin=margin,
        pd=pd,
        deciles=deciles(label, pd),
        isotonic=_thinned(isotonic_curve(pd, label)),
        roc=_thinned(roc(label, margin)),
        scores=_distribution(label, log_odds),
        cost_curve=cost_curve(
            label, pd, cutoffs=_cutoff_grid(single.cutoff), c_fp=single.costs.c_fp, c_fn=single.costs.c_fn
        ),
    )


def measured(
    label: Labels,
    margin: Array,
    log_odds: Array,
    *,
    costs: Costs,
    rows: RowCutoffs,
    seed: int,
    replicates: int = REPLICATES,
) -> dict[str, Interval]:
    """Every name of `MEASURES`, and ``best_cutoff``, with 95 % intervals; NaN where the sample cannot tell it.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    margin, log_odds : arrays of float64, shape (n,)
        What ranks the applicants, and their calibrated log-odds.
    costs : Costs
        Give the cheapest single cut-off.
    rows : RowCutoffs
        What each applicant's cost and outcome are taken at.
    seed, replicates : int
        Of the bootstrap.
    """
    intervals = bootstrap(label, margin, _ranking, seed=seed, replicates=replicates)
    intervals |= bootstrap(label, log_odds, partial(_level, costs=costs), seed=seed, replicates=replicates)
    return intervals | decision_measures(label, pd_of(log_odds), rows, seed=seed, replicates=replicates)


def _ranking(label: Array, margin: Array, weight: Array) -> dict[str, float]:
    area = auc(label, margin, weight=weight)
    return {
        "auc": area,
        "gini": 2 * area - 1,
        "ks": ks(label, margin, weight=weight),
        "pr_auc": pr_auc(label, margin, weight=weight),
    }


def _level(label: Array, log_odds: Array, weight: Array, *, costs: Costs) -> dict[str, float]:
    pd = pd_of(log_odds)
    slope, intercept = calibration_line(label, log_odds, weight=weight)
    return {
        "brier": brier(label, pd, weight=weight),
        "slope": slope,
        "intercept": intercept,
        "ece": ece(label, pd, weight=weight),
        "best_cutoff": best_cutoff(label, pd, weight=weight, c_fp=costs.c_fp, c_fn=costs.c_fn),
    }


def _thinned(curve: tuple[Array, Array]) -> tuple[Array, Array]:
    """At most `CURVE_POINTS` points, ends kept."""
    x, y = curve
    if len(x) <= CURVE_POINTS:
        return x, y
    kept = np.unique(np.linspace(0, len(x) - 1, CURVE_POINTS).round().astype(np.int64))
    return x[kept], y[kept]


def _distribution(label: Labels, log_odds: Array) -> ScoreDistribution:
    edges = np.histogram_bin_edges(log_odds, bins=SCORE_BINS)
    good, bad = (np.histogram(log_odds[label == value], bins=edges)[0].astype(np.int64) for value in (0, 1))
    return ScoreDistribution(edges=edges, good=good, bad=bad)


def _cutoff_grid(point: float) -> Array:
    return np.unique(np.append(np.geomspace(LOWEST_CUTOFF, 1.0, CURVE_POINTS - 1), point))
