"""What the validation report says about the leak checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from garant.features.feature import Feature
from garant.models.leaks.adversarial import Adversarial
from garant.models.leaks.shuffled_target import ShuffledTarget
from garant.models.leaks.single_features import CHANCE_SDS, LARGEST_AUC, FeatureAuc
from garant.reports.section import Section, Table
from garant.runs.words import words_of
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the leak checks found.

    Parameters
    ----------
    features : tuple of FeatureAuc
        The strongest features, all that are too strong among them.
    allowed : mapping of str to str
        Feature → why it may be strong.
    shuffled : ShuffledTarget or None
        None unless the training was asked for it.
    apart : Adversarial or None
        None where too few applicants have no outcome.
    """

    features: tuple[FeatureAuc, ...]
    allowed: Mapping[str, str]
    shuffled: ShuffledTarget | None
    apart: Adversarial | None

    @property
    def strong(self) -> tuple[FeatureAuc, ...]:
        """Features that tell the outcome alone and were allowed."""
        return tuple(feature for feature in self.features if feature.is_strong)


def leak_section(checked: Checked, features: Sequence[Feature], wording: Wording) -> Section:
    """The section; a feature that was allowed is an alarm with its reason."""
    labels = _labels(features, wording)
    apart = checked.apart
    tables = [_strongest(checked.features, labels, wording)]
    if apart is not None:
        tables.append(_separating(apart, labels, wording))
    return Section(
        name="leaks",
        heading=wording.text("report.heading.leaks"),
        alarms=tuple(
            wording.text(
                "report.leaks.allowed",
                feature=labels.get(feature.name, feature.name),
                auc=_area(feature.strongest, wording),
                reason=checked.allowed[feature.name],
            )
            for feature in checked.strong
        ),
        paragraphs=(
            wording.text(
                "report.leaks.single",
                limit=wording.number(LARGEST_AUC, decimals=2, fixed=True),
                sds=wording.number(CHANCE_SDS),
            ),
            _shuffled(checked.shuffled, wording),
            _apart(apart, wording),
        ),
        tables=tuple(tables),
    )


def _labels(features: Sequence[Feature], wording: Wording) -> dict[str, str]:
    words = words_of(features, wording.language)
    return {feature.name: words.label(feature.text, window=str(feature.window)) for feature in features}


def _shuffled(shuffled: ShuffledTarget | None, wording: Wording) -> str:
    if shuffled is None:
        return wording.text("report.leaks.not_shuffled")
    return wording.text(
        "report.leaks.shuffled",
        auc=_area(shuffled.auc, wording),
        half=wording.number(0.5, decimals=1),
        reach=_area(shuffled.reach, wording),
    )


def _apart(apart: Adversarial | None, wording: Wording) -> str:
    if apart is None:
        return wording.text("report.leaks.all_labelled")
    return wording.text(
        "report.leaks.adversarial",
        auc=_area(apart.auc.value, wording),
        low=_area(apart.auc.low, wording),
        high=_area(apart.auc.high, wording),
        labelled=wording.number(apart.labelled),
        unlabelled=wording.number(apart.unlabelled),
        half=wording.number(0.5, decimals=1),
    )


def _strongest(features: Sequence[FeatureAuc], labels: Mapping[str, str], wording: Wording) -> Table:
    return Table(
        caption=wording.text("report.leaks.strongest_caption"),
        columns=_columns(wording, "feature", "auc_present", "rows_present", "auc_with_missing"),
        rows=tuple(
            (
                labels.get(feature.name, feature.name),
                _area(feature.auc, wording),
                wording.number(feature.rows),
                _area(feature.auc_with_missing, wording),
            )
            for feature in features
        ),
    )


def _separating(apart: Adversarial, labels: Mapping[str, str], wording: Wording) -> Table:
    return Table(
        caption=wording.text("report.leaks.separating_caption"),
        columns=_columns(wording, "feature", "gain_share", "auc_present", "missing_labelled", "missing_unlabelled"),
        rows=tuple(
            (
                labels.get(found.name, found.name),
                wording.percent(found.share, fixed=True),
                _area(found.auc, wording),
                wording.percent(found.missing_labelled, fixed=True),
                wording.percent(found.missing_unlabelled, fixed=True),
            )
            for found in apart.features
        ),
    )


def _columns(wording: Wording, *names: str) -> tuple[str, ...]:
    return tuple(wording.text(f"report.column.{name}") for name in names)


def _area(value: float, wording: Wording) -> str:
    return wording.text("report.none") if isnan(value) else wording.number(value, decimals=3, fixed=True)
