"""The synthetic lender, whose true PDs are known: AUC beside the best possible one. Above it there is a leak."""

import sys

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.metrics.discrimination import auc
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.tables.synthetic.generate import generate
from targets.measures import measures
from targets.target import Found, Place, Target

GAP = 0.03
ERRORS_ABOVE = 3.0


def synthetic(place: Place) -> Found:
    """Train on the lender, seed 7, profile eu; compare with its true PDs."""
    lender = generate(place.folder / "lender", scale=place.lender_scale, seed=7, file_format="parquet")
    # What is asked of the champion alone: its report, its scorecard and its retrained members change no PD.
    options = TrainOptions(seed=place.seeds[0], challenger=False, members=0, variants=False)
    result = train(lender.folder, place.folder / "synthetic", options=options, settings=place.settings)
    oof, truth = pq.read_table(result.oof), pq.read_table(lender.truth)
    truth = truth.filter(pc.is_in(truth.column("SK_ID_CURR"), oof.column("SK_ID_CURR").combine_chunks()))
    truth, oof = truth.sort_by("SK_ID_CURR"), oof.sort_by("SK_ID_CURR")
    label = oof.column("label").to_numpy()
    if not np.array_equal(label, truth.column("TARGET").to_numpy()):
        sys.exit("The truth and the training sample are not the same applicants.")
    best, reached = auc(label, truth.column("true_pd").to_numpy()), auc(label, oof.column("margin").to_numpy())
    # Standard error of an AUC by the bounds of its bootstrap interval.
    interval = result.evaluation.measures["auc"]
    error = (interval.high - interval.low) / 3.92
    figures = {
        "scale": place.lender_scale,
        "rows": len(label),
        "auc": round(reached, 5),
        "best possible": round(best, 5),
        "standard error": round(error, 5),
        **measures(result),
    }
    targets = [
        Target(name="best possible AUC minus AUC", measured=best - reached, high=GAP),
        Target(
            name="AUC above the best possible, in standard errors", measured=(reached - best) / error, high=ERRORS_ABOVE
        ),
    ]
    return Found(targets=targets, figures=figures)
