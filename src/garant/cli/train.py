"""`garant train`: train and calibrate a model."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, AcceptQuarantine, Data, OutputOption, Segment, Without
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

if TYPE_CHECKING:
    from garant.features.feature import Profile
    from garant.models.bundle.content import BundleContent
    from garant.runs.challenger import Challenger
    from garant.runs.train_result import TrainResult


def train(  # noqa: PLR0913 - one parameter per option of the command
    data: Data,
    /,
    *,
    bundle: Annotated[Location, FOLDER, Parameter(help="Folder to write the bundle to.")],
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
    fast: Annotated[
        bool,
        Parameter(
            help="At most 120 trees in large steps, and fewer checks: a quick look, not a model to use, which "
            "bundle and report say.",
            negative="",
        ),
    ] = False,
    challenger: Annotated[bool, Parameter(help="Also train a points scorecard; needs garant[train].")] = True,
    directions: Annotated[
        bool, Parameter(help="Let the PD never move against a feature's direction where one is certain.")
    ] = True,
    features: Annotated[
        int | None,
        Parameter(help="Use so many features, chosen anew in each fold; says what the others would have added."),
    ] = None,
    tune: Annotated[
        float | None,
        Parameter(
            help="Tune the parameters for so many minutes; needs garant[train]. Stopped and started again, it goes on."
        ),
    ] = None,
    variants: Annotated[
        bool, Parameter(help="Also train without each choice, to see its price in AUC; never with --fast.")
    ] = True,
    members: Annotated[
        int,
        Parameter(help="Models retrained on other seeds, and on bootstrap samples, to size the refer band; 0 = none."),
    ] = 5,
    leak_check: Annotated[
        bool, Parameter(help="Also train on shuffled outcomes, which must not be told.", negative="")
    ] = False,
    allow_strong: Annotated[
        tuple[tuple[str, str], ...],
        Parameter(
            help="Go on although FEATURE alone has an AUC above 0.80, for a REASON that bundle and report show; "
            "repeat for several.",
            negative="",
            consume_multiple=False,
        ),
    ] = (),
    segment: Segment = None,
    overwrite: Annotated[bool, Parameter(help="Replace a bundle that is there.", negative="")] = False,
    without: Without = (),
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    lang: Annotated[
        Literal["fr", "en"] | None, Parameter(help="Language of validation.html; default from the settings.")
    ] = None,
    output: OutputOption = "table",
) -> int:
    """Train a LightGBM model on DATA, calibrate its PD, and write a bundle with its validation report.

    The cut-off follows from the settings: a ratio of costs (GARANT_COSTS, default 1:10) or the section [economics].
    Out-of-fold predictions are kept in BUNDLE.oof.parquet. Ends with 1 when rows were put into quarantine, with 3 and
    without a bundle when more rows of a table were than `--accept-quarantine` says (0.1% or 5 rows, whichever is more).

    Example: garant train DATA --bundle MODEL
    """
    from garant.cli.cutoffs import warn_of_costs
    from garant.cli.measures import judged_text, measure_rows
    from garant.features.feature import Profile
    from garant.models.bundle.writing import BUNDLE_FILE
    from garant.models.pricing import pricing_of
    from garant.runs.train import REPORT
    from garant.runs.train import train as run_train
    from garant.runs.train_options import TrainOptions

    options = TrainOptions(
        profile=Profile(profile),
        seed=seed,
        folds=folds,
        without=without,
        out_of_time=out_of_time,
        fast=fast,
        overwrite=overwrite,
        accept_quarantine=QuarantineLimit.parse(accept_quarantine),
        challenger=challenger,
        directions=directions,
        features=features,
        tune=tune,
        variants=variants,
        members=members,
        allow_strong=allow_strong,
        leak_check=leak_check,
        segment=segment,
    )
    settings = load_settings()
    warn_of_costs(pricing_of(settings))
    with (
        _trials_kept(tuning=tune is not None),
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        at.output(bundle, manifest=BUNDLE_FILE) as folder,
    ):
        result = run_train(
            at.fetched(data),
            folder,
            options=options,
            settings=settings,
            language=lang or settings.language,
            progress=progress,
        )
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
                "fast": content.training.fast,
                "left_out": list(result.left_out),
                "metrics": content.metrics.model_dump(),
                "report": str(bundle / REPORT),
                "split": content.split.model_dump(),
            }
        )
        return code
    rows = measure_rows(content.metrics.out_of_time or content.metrics.out_of_fold)
    if output == "table":
        say(f"Measured {judged_text(content)}:")
    print_rows(rows, output=output)
    if output == "table":
        _say_summary(result, data, bundle, profile=options.profile)
    return code


@contextmanager
def _trials_kept(*, tuning: bool) -> Generator[None]:
    """Tell whoever interrupts a tuning that it was not for nothing."""
    try:
        yield
    except KeyboardInterrupt:
        if tuning:
            warn("interrupted; what was tried to the end is kept, and the same command goes on from it.")
        raise


def _say_challenger(challenger: "Challenger | str | None", content: "BundleContent", bundle: Location) -> None:
    from garant.cli.measures import judged_text, out_of_fold_text

    if isinstance(challenger, str):
        say(challenger)
    elif challenger is not None:
        areas = [f"AUC {challenger.evaluation.measures['auc'].value:.4f} {out_of_fold_text(content)}"]
        if challenger.later is not None:
            areas.insert(0, f"AUC {challenger.later.measures['auc'].value:.4f} {judged_text(content)}")
        say(f"Challenger: scorecard of {len(challenger.scorecard.features)} features, {'; '.join(areas)}.")
        say(f"  garant bundle scorecard {bundle}")


def _say_summary(result: "TrainResult", data: Location, bundle: Location, *, profile: "Profile") -> None:
    """What was made, of whom, and what comes next."""
    from garant.cli.cutoffs import cutoff_lines
    from garant.cli.measures import split_text
    from garant.runs.absent_columns import ABSENT_COLUMNS, absent_warning
    from garant.runs.train import OOF, REPORT

    content, accepted = result.bundle.content, result.accepted
    for warning in accepted.report.warnings:
        if warning.rule != ABSENT_COLUMNS:
            say(f"warning: {warning.en}")
    if text := absent_warning(accepted, profile):
        say(f"warning: {text}")
    if result.left_out:
        say(f"{len(result.left_out)} features say nothing without these columns: the bundle leaves them out.")
    if accepted.report.n_quarantined:
        say(f"{accepted.report.n_quarantined} rows were put into quarantine: garant check {data}")
    said = split_text(content, has_dates=result.has_dates)
    say(f"{content.label.text_en}; {said}; {len(content.features)} features.")
    if content.training.fast:
        say("MADE WITH --fast: a quick look, not a model to use.")
    if content.profile == "kaggle":
        say("PROFILE KAGGLE: protected attributes are among the features; for comparison only.")
    say("\n".join(cutoff_lines(content)))
    _say_challenger(result.challenger, content, bundle)
    for line in result.said:
        say(line)
    oof = bundle.with_name(f"{bundle.name}.{OOF}")
    say(f"Bundle: {bundle}   report: {bundle / REPORT}   out-of-fold: {oof}")
    say(f"Next: garant score {data} --bundle {bundle} --out RUNS")
