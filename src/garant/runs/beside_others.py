"""The facts of a person that weigh most, beside those of the groups that the bundle keeps."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from garant.explanations.comparison import Comparison, compare
from garant.features.feature import Feature
from garant.models.bundle.groups import FeatureGroups, Spread, read_groups, read_similar
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
    stated: Sequence[str],
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
    stated : sequence of str
        Features that the person's reasons state.
    words : Wording
        The language.
    """
    features = {feature.name: feature for feature in inputs}
    shown = tuple(features[name] for name in dict.fromkeys([*stated, *leading]))[:COMPARED_FACTS]
    reference, cells = bundle.files[REFERENCE_FILE], bundle.content.cells
    number = None if cells is None else cells.number_of(person)
    return compare(
        shown,
        person,
        features=features,
        groups=_groups(reference),
        cell=None if cells is None or number is None else cells.cells[number],
        similar={} if number is None else _similar(reference, number),
        words=words,
    )


# A service asks for one applicant after another, and the file of groups takes longer to read than all the rest.
@lru_cache(maxsize=4)
def _groups(reference: bytes) -> Mapping[str, FeatureGroups]:
    return read_groups(reference)


@lru_cache(maxsize=256)
def _similar(reference: bytes, number: int) -> Mapping[str, Spread]:
    return read_similar(reference, number)
