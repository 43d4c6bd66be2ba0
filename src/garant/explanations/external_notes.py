"""What stands beside a reason that rests on an external score: who made it, how the person obtains and corrects it."""

from collections.abc import Collection

from garant.features.external_entries import Scores, score_columns
from garant.features.feature import Feature
from garant.tables.external_score import PUBLIC_SCORES, ExternalScore
from garant.wording.catalogue import Wording


def external_notes(features: Collection[Feature], stated: Scores | None, words: Wording) -> dict[str, str]:
    """Note by feature name, for those of `features` that rest on scores with an entry.

    Scores of one provider that are corrected in one way are told once; where they differ, each is named.

    Parameters
    ----------
    features : collection of Feature
        Inputs of a model.
    stated : mapping of str to ExternalScore, or None
        What its bundle says of the scores; garant's own entries stand for those that it says nothing of.
    words : Wording
        The language.
    """
    scores = {**PUBLIC_SCORES, **(stated or {})}
    labels = {columns[0]: words.label(f.text) for f in features if len(columns := score_columns(f)) == 1}
    notes = {f.name: _note([c for c in score_columns(f) if c in scores], scores, labels, words) for f in features}
    return {name: note for name, note in notes.items() if note}


def made_and_corrected(entry: ExternalScore, words: Wording) -> str:
    """One entry in words: its provider where one is named, and how the person obtains and corrects the score."""
    correction = entry.correction(words.language)
    if entry.provider is None:
        return correction
    return words.text("external.named", provider=" ".join(entry.provider.split()), correction=correction)


def _note(columns: Collection[str], scores: Scores, labels: dict[str, str], words: Wording) -> str:
    said = {column: made_and_corrected(scores[column], words) for column in columns}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    several = (words.text("external.several", score=labels.get(c, c), entry=entry) for c, entry in said.items())
    return " ".join(several)
