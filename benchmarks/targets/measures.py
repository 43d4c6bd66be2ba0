"""All measures of one run of `garant train`, for the results file."""

from typing import Any

import numpy as np

from garant.runs.challenger import Challenger
from garant.runs.train_result import TrainResult


def measures(result: TrainResult) -> dict[str, Any]:
    """Features, trees, and each measure with its interval; the scorecard where there is one."""
    evaluation = result.evaluation
    return {
        "features": len(result.bundle.content.features),
        "trees": result.bundle.content.training.iteration,
        "mean PD - bad rate, in standard errors": round(evaluation.gap_standard_errors, 3),
        "deciles inside 99 % bands": sum(b.is_inside for b in evaluation.deciles),
        **{name: [round(m.value, 5), round(m.low, 5), round(m.high, 5)] for name, m in evaluation.measures.items()},
        **scorecard(result),
    }


def scorecard(result: TrainResult) -> dict[str, Any]:
    """Features and AUC of the challenger on the same folds; nothing when it was skipped."""
    challenger = result.challenger
    if not isinstance(challenger, Challenger):
        return {}
    return {
        "scorecard": {
            "auc, mean of folds": round(float(np.mean(challenger.evaluation.fold_auc)), 5),
            "features": len(challenger.scorecard.features),
            "slope": round(challenger.evaluation.measures["slope"].value, 4),
        }
    }
