"""One digest for the meaning of all features."""

import dataclasses

import pytest

from garant.models.bundle.fingerprint import FeatureDefinition, feature_fingerprint

ONE = FeatureDefinition(name="a", sql="SUM(x)", dtype="number", levels=None)
TWO = FeatureDefinition(name="b", sql="kind", dtype="category", levels=("north", "south"))


def test_the_order_of_features_does_not_matter() -> None:
    assert feature_fingerprint([ONE, TWO]) == feature_fingerprint([TWO, ONE])


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(TWO, name="c"),
        dataclasses.replace(TWO, sql="upper(kind)"),
        dataclasses.replace(TWO, levels=("south", "north")),
        dataclasses.replace(TWO, levels=("north",)),
        dataclasses.replace(TWO, dtype="number", levels=None),
    ],
)
def test_another_meaning_is_another_digest(other: FeatureDefinition) -> None:
    assert feature_fingerprint([ONE, other]) != feature_fingerprint([ONE, TWO])
