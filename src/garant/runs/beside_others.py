"""The facts of a person that weigh most, beside those of the groups that the bundle keeps."""

from collections.abc import Mapping, Sequence

from garant.explanations.comparison import Comparison, compare
from garant.explanations.reasons import Reason
from garant.features.feature import Feature
from garant.models.bundle.groups import read_groups, read_similar
from garant.models.bundle.reading import Bundle
from garant.models.bundle.reference import REFERENCE_FILE
from garant.wording.catalogue import Wording

COMPARED_FACTS = 6
"""Facts of a person that are set beside those of others."""


def beside_others(
    bundle: Bundle,
    inputs: Sequence[Feature],
    person: Mapping[str, float | str | None],
    leading: Sequence[str],
    reasons: Sequence[Reason],
    words: Wording,
) -> Comparison:
    """Facts of the reasons, then those that lead the other families, beside accepted, refused and similar applicants.

    Parameters
    ----------
    bundle : Bundle
        The model that scored the person.
    inputs : sequence of Feature
        Its features.
    person : mapping of str to float, str or None
        Features by name, before the float32 cast.
    leading : sequence of str
        Features of the person that weigh most, see `ReasonWriter.leading`.
    reasons : sequence of Reason
        Those of the person.
    words : Wording
        The language.
    """
    features = {feature.name: feature for feature in inputs}
    stated = [reason.feature for reason in reasons if reason.feature is not None]
    shown = tuple(features[name] for name in dict.fromkeys([*stated, *leading]))[:COMPARED_FACTS]
    reference, cells = bundle.files[REFERENCE_FILE], bundle.content.cells
    number = None if cells is None else cells.number_of(person)
    return compare(
        shown,
        person,
        features=features,
        groups=read_groups(reference),
        cell=None if cells is None or number is None else cells.cells[number],
        similar={} if number is None else read_similar(reference, number),
        words=words,
    )
