"""The champion of a training: with default or tuned parameters, with all features or with those that it chose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garant.features.feature import Feature
from garant.models.parameters import Parameters
from garant.models.selection.selected import Selection, train_selected
from garant.models.splits import stratified_folds
from garant.models.training import Trained, train_champion
from garant.models.training_data import TrainingData
from garant.models.tuning.tuned import gained
from garant.runs.fold_explanations import Explained, FoldExplanations
from garant.runs.progress import Progress
from garant.runs.train_options import TrainOptions
from garant.runs.tuning import Tuning, default_margin, study_of, tried
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
    parameters : Parameters
        What every model of it was trained with, with the directions of all candidates.
    """

    candidates: Sequence[Feature]
    sample: TrainingData
    selection: Selection
    parameters: Parameters

    @property
    def of_folds(self) -> tuple[frozenset[str], ...]:
        """Names of the features of each fold's model."""
        columns = self.sample.columns
        return tuple(frozenset(columns[at].name for at in numbers) for numbers in self.selection.of_folds)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Champion:
    """A trained model; what its folds said of why; how features were chosen and parameters tuned, where they were."""

    trained: Trained
    explained: Explained
    chosen: Chosen | None = None
    tuning: Tuning | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChampionMaker:
    """Makes a champion as `options` ask.

    Parameters
    ----------
    sample : TrainingData
        What it learns from.
    features : sequence of Feature
        Columns of the sample.
    start : Parameters
        Those of the sample's size; tuning starts from them.
    data_digest : str
        Digest of the accepted tables.
    options, settings, progress
        Of the training.
    """

    sample: TrainingData
    features: Sequence[Feature]
    start: Parameters
    data_digest: str
    options: TrainOptions
    settings: Settings
    progress: Progress

    def make(self) -> Champion:
        """Train.

        Raises
        ------
        DataError
            When the sample is too small for its folds.
        UsageError
            When more features are asked for than there are, or another command tunes the same model.
        """
        if self.options.tune is None:
            return self._fitted(self.start)
        sample, options = self.sample, self.options
        study = study_of(self.data_digest, sample, self.start, options)
        fold = stratified_folds(sample.label, sample.ids, folds=options.folds, seed=options.seed)
        settings, progress = self.settings, self.progress
        found = tried(study, sample, fold, self.start, options=options, settings=settings, progress=progress)
        made = self._fitted(found.best)
        margin = made.trained.oof_margin if made.chosen is None else made.chosen.selection.oof_margin
        base = margin
        if found.best != self.start:
            base = default_margin(sample, fold, self.start, options=options, settings=settings, progress=progress)
        gains = gained(sample.label, fold, margin, base)
        return replace(made, tuning=Tuning(study=study, tried=found, gained=gains))

    def _fitted(self, parameters: Parameters) -> Champion:
        options, threads = self.options, self.settings.threads
        folds = FoldExplanations(self.sample, seed=options.seed, threads=threads)
        if options.features is None:
            trained = train_champion(
                self.sample,
                seed=options.seed,
                folds=options.folds,
                parameters=parameters,
                num_threads=threads,
                observe=folds.observe,
                progress=self.progress,
            )
            return Champion(trained=trained, explained=folds.explained)
        trained, selection = train_selected(
            self.sample,
            options.features,
            seed=options.seed,
            folds=options.folds,
            parameters=parameters,
            num_threads=threads,
            observe=folds.observe,
            progress=self.progress,
        )
        chosen = Chosen(candidates=self.features, sample=self.sample, selection=selection, parameters=parameters)
        return Champion(trained=trained, explained=folds.explained, chosen=chosen)
