"""What stops a training: a feature that tells the outcome too well, unless somebody says why it may."""

from collections.abc import Mapping, Sequence

from garant.exceptions import LeakError, UnknownNameError, UsageError
from garant.features.feature import Feature
from garant.models.bundle.leak_checks import SHORTEST_REASON
from garant.models.leaks.single_features import LARGEST_AUC, FeatureAuc, feature_aucs, strong_features
from garant.models.splits import stratified_folds
from garant.models.training_data import TrainingData
from garant.runs.train_options import TrainOptions


def check_reasons(allowed: Sequence[tuple[str, str]]) -> None:
    """Raise UsageError unless each allowed feature comes with words that say why, before the long work of training."""
    for name, reason in allowed:
        if len(reason.strip()) < SHORTEST_REASON:
            raise UsageError(
                f"--allow-strong {name} '{reason}': expected a reason of at least {SHORTEST_REASON} characters, which "
                "the bundle and its report show."
            )


def checked_features(
    sample: TrainingData, features: Sequence[Feature], *, options: TrainOptions
) -> tuple[FeatureAuc, ...]:
    """AUC that each feature of `sample` has alone.

    Raises
    ------
    LeakError
        When a feature tells the outcome too well and `options` do not allow it; names all such features.
    UnknownNameError
        When a feature that `options` allow is not there.
    """
    allowed = dict(options.allow_strong)
    names = {column.name for column in sample.columns}
    for name in allowed:
        if name not in names:
            raise UnknownNameError("feature", name, names, hint="See garant feature list.")
    fold = stratified_folds(sample.label, sample.ids, folds=options.folds, seed=options.seed)
    found = feature_aucs(sample, fold)
    suspects = [feature for feature in strong_features(found) if feature.name not in allowed]
    if suspects:
        raise LeakError(_refusal(suspects, {feature.name: feature for feature in features}))
    return found


def _refusal(suspects: Sequence[FeatureAuc], features: Mapping[str, Feature]) -> str:
    told = "".join(f"\n  {_told(suspect, features[suspect.name])}" for suspect in suspects)
    first = suspects[0].name
    return (
        f"{len(suspects)} of the features tell the outcome alone with an AUC above {LARGEST_AUC:.2f}, as a column does "
        f"that was filled in after the outcome was known:{told}\nFind out when the column is filled in. Leave it out "
        "(a column of your own: take its block out of tables.toml; any other: take it out of the data), or say why it "
        f"may stay: --allow-strong {first} 'REASON'. Nothing was written."
    )


def _told(suspect: FeatureAuc, feature: Feature) -> str:
    alone = f"AUC {suspect.auc:.3f} on {suspect.rows} applicants who have a value"
    return f"{suspect.name} (from {', '.join(sorted(feature.inputs))}): {alone}, {suspect.auc_with_missing:.3f} on all"
