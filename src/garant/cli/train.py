"""`garant train`: train and calibrate a model."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import Data, OutputOption, Without
from garant.cli.show import print_json, print_rows, say, step_progress
from garant.settings import load_settings


def train(  # noqa: PLR0913 - one parameter per option of the command
    data: Data,
    /,
    *,
    bundle: Annotated[Path, Parameter(help="Folder to write the bundle to.")],
    profile: Annotated[
        Literal["eu", "kaggle"],
        Parameter(help="`eu` leaves protected attributes out; `kaggle` is the competition's view and says so."),
    ] = "eu",
    seed: Annotated[int, Parameter(help="Same data and seed, same model, byte for byte.")] = 7,
    folds: Annotated[int, Parameter(help="Folds of the out-of-fold predictions.")] = 5,
    out_of_time: Annotated[
        str | None,
        Parameter(help="Test on applications from this month on, e.g. 2026-01; needs the column APPLICATION_DATE."),
    ] = None,
    fast: Annotated[bool, Parameter(help="Few large trees: a quick look, not a model to use.", negative="")] = False,
    challenger: Annotated[bool, Parameter(help="Also train a points scorecard; needs garant[train].")] = True,
    overwrite: Annotated[bool, Parameter(help="Replace a bundle that is there.", negative="")] = False,
    without: Without = (),
    output: OutputOption = "table",
) -> int:
    """Train a LightGBM model on DATA, calibrate its PD, and write a bundle with its validation report.

    The cut-off follows from the costs in the settings (GARANT_COSTS, default 1:10). Out-of-fold predictions are kept in
    BUNDLE.oof.parquet. Ends with 1 when rows were put into quarantine.

    Example: garant train DATA --bundle MODEL
    """
    from garant.cli.measures import measure_rows
    from garant.features.feature import Profile
    from garant.runs.train import TrainOptions
    from garant.runs.train import train as run_train

    options = TrainOptions(
        profile=Profile(profile),
        seed=seed,
        folds=folds,
        without=without,
        out_of_time=out_of_time,
        fast=fast,
        overwrite=overwrite,
        challenger=challenger,
    )
    with step_progress() as progress:
        result = run_train(data, bundle, options=options, settings=load_settings(), progress=progress)
    content, accepted = result.bundle.content, result.accepted
    code = 1 if accepted.report.n_quarantined else 0
    if output == "json":
        print_json(
            {
                "bundle": str(bundle),
                "challenger": None if content.challenger is None else content.challenger.metrics.model_dump(),
                "challenger_skipped": result.challenger if isinstance(result.challenger, str) else None,
                "cutoff": content.cutoff,
                "digest": result.bundle.digest,
                "metrics": content.metrics.model_dump(),
                "report": str(result.report),
                "split": content.split.model_dump(),
            }
        )
        return code
    rows = measure_rows(content.metrics.out_of_time or content.metrics.out_of_fold)
    print_rows(rows, output=output)
    if output == "table":
        for warning in accepted.report.warnings:
            say(f"warning: {warning.en}")
        if code:
            say(f"{accepted.report.n_quarantined} rows were put into quarantine: garant check {data}")
        split = content.split
        tested = "random split only" if split.kind == "random" else f"out of time, from {split.start} on"
        say(f"{content.label.text_en}; {tested}; {content.training.rows} applicants, {len(content.features)} features.")
        if content.profile == "kaggle":
            say("PROFILE KAGGLE: protected attributes are among the features; for comparison only.")
        say(f"Cut-off {content.cutoff:.4f} from costs {content.costs}.")
        if isinstance(result.challenger, str):
            say(result.challenger)
        elif result.challenger is not None:
            area = result.challenger.evaluation.measures["auc"]
            n_features = len(result.challenger.scorecard.features)
            say(f"Challenger: scorecard of {n_features} features, AUC {area.value:.4f} out of fold.")
            say(f"  garant bundle scorecard {bundle}")
        say(f"Bundle: {bundle}   report: {result.report}   out-of-fold: {result.oof}")
        say(f"Next: garant score {data} --bundle {bundle} --out RUNS")
    return code
