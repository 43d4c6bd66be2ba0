"""The champion of a training, with all features or with those that it chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from garant.features.feature import Feature
from garant.models.parameters import Parameters
from garant.models.selection.selected import Selection, train_selected
from garant.models.training import Trained, train_champion
from garant.models.training_data import TrainingData
from garant.runs.progress import Progress
from garant.runs.train_options import TrainOptions
from garant.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """A choice of features, with what it was made from.

    Parameters
    ----------
    candidates : sequence of Feature
        All features that could be chosen.
    sample : TrainingData
        What the champion was trained on, with all of them.
    selection : Selection
        What was chosen.
    """

    candidates: Sequence[Feature]
    sample: TrainingData
    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Champion:
    """A trained model, and how its features were chosen where they were."""

    trained: Trained
    chosen: Chosen | None = None


def champion_of(
    sample: TrainingData,
    features: Sequence[Feature],
    parameters: Parameters,
    *,
    options: TrainOptions,
    settings: Settings,
    progress: Progress,
) -> Champion:
    """Train the champion of `sample`, whose columns are `features`, as `options` ask.

    Raises
    ------
    DataError
        When the sample is too small for its folds.
    UsageError
        When more features are asked for than there are.
    """
    if options.features is None:
        trained = train_champion(
            sample,
            seed=options.seed,
            folds=options.folds,
            parameters=parameters,
            num_threads=settings.threads,
            progress=progress,
        )
        return Champion(trained=trained)
    trained, selection = train_selected(
        sample,
        options.features,
        seed=options.seed,
        folds=options.folds,
        parameters=parameters,
        num_threads=settings.threads,
        progress=progress,
    )
    return Champion(trained=trained, chosen=Chosen(candidates=features, sample=sample, selection=selection))
