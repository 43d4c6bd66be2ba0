"""Which binned features enter the scorecard: not too weak, not twice the same, each a proven gain over the others."""

import numpy as np
import numpy.typing as npt

from garant.models.scorecard.woe import count_bins, information_value, weights_of_evidence

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int8]

MAX_FEATURES = 40
"""What fits on a printed page or two."""

BADS_PER_FEATURE = 10
"""Fewest bad cases per feature, so that a small sample gets a short scorecard. Peduzzi et al. (1996), A simulation
study of the number of events per variable in logistic regression analysis, J. Clin. Epidemiol. 49."""

MIN_INFORMATION = 0.005
"""Below it not even the trade's "useless" (0.02) is reached, but small gains add up."""

MAX_CORRELATION = 0.9
"""Beyond it two features say the same; the one with more information stays."""

ENTRY_GAIN = 3.84
"""A feature enters when its score statistic exceeds this: the 5 % level of one degree of freedom."""

STAY_GAIN = 2.0
"""A feature stays when Wald's statistic exceeds this at the end: Akaike's criterion would miss it."""

SCREENED = 100
"""Candidates that are binned with care; of more, those with the most information in coarse bins."""

COARSE_BINS = 20
_NEWTON_STEPS = 4
_HALVINGS = 10


def screen(matrix: npt.NDArray[np.float32], label: Labels, *, keep: int = SCREENED) -> tuple[int, ...]:
    """Columns of `matrix` worth binning with care, in their order: all when there are at most `keep`."""
    if matrix.shape[1] <= keep:
        return tuple(range(matrix.shape[1]))
    information = [_coarse_information(matrix[:, column], label) for column in range(matrix.shape[1])]
    return tuple(sorted(int(column) for column in np.argsort(-np.array(information), kind="stable")[:keep]))


def select(evidence: Floats, information: Floats, label: Labels, *, limit: int | None = None) -> tuple[int, ...]:
    """Choose columns of `evidence`, on the rows given and no others.

    Weak and doubled candidates go first. The others enter one by one, the one with the largest score statistic (Rao)
    among those that point the right way; a feature whose weight turns negative beside the later ones is thrown out for
    good. What the later ones made superfluous leaves at the end.

    Parameters
    ----------
    evidence : array of float64, shape (n, candidates)
        Weight of evidence of each row's bin, above 0 = safer.
    information : array of float64, shape (candidates,)
        Information value of each candidate.
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    limit : int, optional
        Most features; by default `MAX_FEATURES`, and one per `BADS_PER_FEATURE` bad cases.

    Returns
    -------
    tuple of int
        Columns in the order of entry; empty when none is worth it.
    """
    if limit is None:
        limit = min(MAX_FEATURES, int(np.sum(label)) // BADS_PER_FEATURE)
    candidates = _distinct(evidence, information)
    # Risk rises where evidence falls: turned round, every right weight is positive.
    risk = -evidence[:, candidates]
    entered = _needed(risk, label, _forward(risk, label, limit=limit)) if candidates else []
    return tuple(candidates[number] for number in entered)


def _distinct(evidence: Floats, information: Floats) -> list[int]:
    kept: list[int] = []
    order = [int(i) for i in np.argsort(-information, kind="stable") if information[i] >= MIN_INFORMATION]
    correlation = np.atleast_2d(np.corrcoef(evidence[:, order], rowvar=False)) if order else np.empty((0, 0))
    for place in range(len(order)):
        if all(abs(correlation[place, other]) <= MAX_CORRELATION for other in kept):
            kept.append(place)
    return [order[place] for place in kept]


def _forward(risk: Floats, label: Labels, *, limit: int) -> list[int]:
    entered: list[int] = []
    barred: set[int] = set()
    rate = float(np.mean(label))
    weights = np.array([np.log(rate / (1 - rate))])
    while len(entered) < limit:
        design = np.column_stack([np.ones(len(label)), risk[:, entered]])
        weights, _ = _newton(design, label, weights)
        wrong = int(np.argmin(weights[1:])) if entered else 0
        if entered and weights[1 + wrong] <= 0:
            barred.add(entered.pop(wrong))
            weights = np.delete(weights, 1 + wrong)
            continue
        gains = _score_statistics(design, risk, label, weights)
        gains[[*entered, *barred]] = 0.0
        best = int(np.argmax(gains))
        if gains[best] <= ENTRY_GAIN:
            break
        entered.append(best)
        weights = np.append(weights, 0.0)
    return entered


def _needed(risk: Floats, label: Labels, entered: list[int]) -> list[int]:
    """Those of `entered` whose weight is told from 0 beside all others (Wald), the weakest leaving first."""
    left = list(entered)
    rate = float(np.mean(label))
    while left:
        start = np.array([np.log(rate / (1 - rate)), *[0.5] * len(left)])
        weights, information = _newton(np.column_stack([np.ones(len(label)), risk[:, left]]), label, start)
        strength = weights[1:] * np.abs(weights[1:]) / np.diag(np.linalg.inv(information))[1:]
        weakest = int(np.argmin(strength))
        if strength[weakest] > STAY_GAIN:
            break
        del left[weakest]
    return left


def _newton(design: Floats, label: Labels, start: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood and information matrix from a near start.

    A grain of ridge keeps designs that nearly part the classes from running away.
    """
    weights = start
    information = np.eye(design.shape[1])
    ridge = np.eye(design.shape[1]) * 1e-6 * len(label)
    for _ in range(_NEWTON_STEPS):
        pd = _pd(design @ weights)
        information = design.T @ (design * (pd * (1 - pd))[:, None]) + ridge
        step = np.asarray(np.linalg.solve(information, design.T @ (label - pd)), np.float64)
        weights = weights + _uphill(design, label, weights, step)
    return weights, information


def _uphill(design: Floats, label: Labels, weights: Floats, step: Floats) -> Floats:
    """`step`, halved until the likelihood does not fall: beside a very strong feature whole steps swing ever wider."""
    before = _log_likelihood(design @ weights, label)
    for _ in range(_HALVINGS):
        if _log_likelihood(design @ (weights + step), label) >= before:
            break
        step = step / 2
    return step


def _log_likelihood(log_odds: Floats, label: Labels) -> float:
    return float(np.sum(label * log_odds - np.logaddexp(0, log_odds)))


def _score_statistics(design: Floats, risk: Floats, label: Labels, weights: Floats) -> Floats:
    """Rao's score statistic of each candidate that points the right way, 0 for the others."""
    pd = _pd(design @ weights)
    variance = pd * (1 - pd)
    slope = risk.T @ (label - pd)
    weighted = design * variance[:, None]
    cross = weighted.T @ risk
    explained = np.sum(cross * np.linalg.solve(weighted.T @ design, cross), axis=0)
    own = np.einsum("n,nc,nc->c", variance, risk, risk)
    left = own - explained
    told = (slope > 0) & (left > 1e-9 * own)
    return np.where(told, slope**2 / np.where(told, left, 1.0), 0.0)


def _pd(log_odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))


def _coarse_information(values: npt.NDArray[np.float32], label: Labels) -> float:
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0
    edges = np.unique(np.quantile(known, np.arange(1, COARSE_BINS) / COARSE_BINS, method="inverted_cdf"))
    index = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
    counts = count_bins(index, label, len(edges) + 2)
    return information_value(counts, weights_of_evidence(counts))
