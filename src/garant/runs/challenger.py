"""The challenger of a training: a scorecard on the champion's folds, judged by the same rule, for the same bundle."""

from dataclasses import dataclass

from garant.exceptions import DataError, MissingPartError
from garant.models.bundle.content import (
    CHALLENGER_FILE,
    ChallengerEntry,
    MetricsEntry,
    PointsScale,
    metric_entries,
)
from garant.models.calibration import fit_calibrator
from garant.models.evaluation import Evaluation, evaluate_held_out, evaluate_out_of_fold
from garant.models.pd_bands import pd_bands, product_bands
from garant.models.scorecard.bin_texts import bin_texts
from garant.models.scorecard.content import Scorecard, scorecard_content
from garant.models.scorecard.inputs import CardInput
from garant.models.scorecard.training import TrainedCard, train_card
from garant.runs.judged_model import JudgedModel
from garant.runs.progress import Progress, silent
from garant.runs.words import words_of
from garant.settings import Settings
from garant.storage import canonical_json
from garant.wording.catalogue import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Challenger:
    """A scorecard and how it was judged.

    Parameters
    ----------
    scorecard : Scorecard
        Bins, points, texts.
    evaluation : Evaluation
        Out-of-fold quality.
    later : Evaluation or None
        Quality on later applicants, where there is an out-of-time split.
    entry : ChallengerEntry
        Section of ``bundle.json``.
    """

    scorecard: Scorecard
    evaluation: Evaluation
    later: Evaluation | None
    entry: ChallengerEntry

    @property
    def files(self) -> dict[str, bytes]:
        """Its file in the bundle."""
        return {CHALLENGER_FILE: canonical_json(self.scorecard.model_dump(mode="json")).encode()}


def challenger_of(model: JudgedModel, *, settings: Settings, progress: Progress = silent) -> Challenger | str:
    """Scorecard trained on what the champion learned from; or, in a sentence, why there is none.

    A champion is never lost over its challenger: a missing library or a sample that gives no scorecard is said.
    """
    try:
        return _judged(model, settings=settings, progress=progress)
    except (MissingPartError, DataError) as error:
        return f"Challenger skipped: {error}"


def _judged(model: JudgedModel, *, settings: Settings, progress: Progress) -> Challenger:
    trained, chosen = model.trained, model.chosen
    cutoffs, loans = model.pricing.cutoffs, model.learned_from_loans
    # Where features were chosen, each fold's card has what its own training rows chose, as the champion's folds have.
    sample = model.learned_from if chosen is None else chosen.sample
    features, columns = (model.features, None) if chosen is None else (chosen.candidates, chosen.selection.columns)
    inputs = [CardInput.of(f, c) for f, c in zip(features, sample.columns, strict=True)]
    made = train_card(sample, inputs, trained.fold, columns=columns, progress=progress)
    calibrator = fit_calibrator(made.oof_margin, sample.label)
    evaluation = evaluate_out_of_fold(
        sample.label, made.oof_margin, trained.fold, cutoffs=cutoffs, loans=loans, seed=trained.seed
    )
    scale = PointsScale(base=settings.points_base, odds=settings.points_odds, pdo=settings.points_pdo)
    scorecard = scorecard_content(made.card, made.features, calibrator, scale, texts=_texts(model, made))
    later = _later(model, scorecard)
    entry = ChallengerEntry(
        features=len(scorecard.features),
        pd_bands=pd_bands(evaluation.pd, sample.label, {}),
        metrics=MetricsEntry(
            out_of_fold=metric_entries(evaluation.measures),
            out_of_time=None if later is None else metric_entries(later.measures),
        ),
        product_bands=product_bands(evaluation.pd, loans, sample.label, {}) or None,
    )
    return Challenger(scorecard=scorecard, evaluation=evaluation, later=later, entry=entry)


def _texts(model: JudgedModel, made: TrainedCard) -> dict[str, dict[str, tuple[str, ...]]]:
    currency = model.accepted.config.money.currency
    by_name = {feature.name: feature for feature in model.features}
    said = {language: words_of(model.features, language, currency=currency) for language in LANGUAGES}
    return {
        language: {found.name: bin_texts(by_name[found.name], found.bins, words) for found in made.features}
        for language, words in said.items()
    }


def _later(model: JudgedModel, scorecard: Scorecard) -> Evaluation | None:
    if model.split is None:
        return None
    later = model.judged_on
    margin = scorecard.card.margin(later.matrix, later.columns)
    return evaluate_held_out(
        later.label,
        margin,
        scorecard.calibrator,
        cutoffs=model.pricing.cutoffs,
        loans=model.judged_loans,
        seed=model.trained.seed,
    )
