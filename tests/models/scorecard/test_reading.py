"""The scorecard of a bundle is read with its bundle, or refused with a message that names the file."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import BundleFormatError
from garant.keys import PublicKey
from garant.models.bundle.content import BundleContent, ChallengerEntry
from garant.models.bundle.feature_entry import FeatureEntry
from garant.models.bundle.reading import Bundle
from garant.models.bundle.signature import Signature
from garant.models.scorecard.content import Scorecard
from garant.models.scorecard.reading import read_scorecard

FEATURES: list[dict[str, Any]] = [
    {"name": "amount", "dtype": "number", "levels": None},
    {"name": "job", "dtype": "category", "levels": ["clerk", "cook", "driver"]},
]


def bundle_with(scorecard: Scorecard, *, features: list[dict[str, Any]] = FEATURES, text: str | None = None) -> Bundle:
    """What `read_bundle` returns of a bundle with that challenger; only what `read_scorecard` looks at is there."""
    entries = [
        FeatureEntry.model_validate_json(
            json.dumps(
                {**f, "family": "x", "sign": "none", "unit": "count", "text": "x", "window": "all"}
                | {"missing": "not_stated", "legal": "allowed", "table": "application"}
            )
        )
        for f in features
    ]
    content = BundleContent.model_construct(
        features=tuple(entries), challenger=ChallengerEntry.model_construct(features=2)
    )
    data = (scorecard.model_dump_json() if text is None else text).encode()
    signature = Signature(PublicKey(bytes(32)), development=False)
    return Bundle(Path("model"), content, "0" * 64, {"challenger.json": data}, signature)


def test_the_scorecard_is_the_one_that_was_written(scorecard: Scorecard):
    assert read_scorecard(bundle_with(scorecard)) == scorecard


def test_a_bundle_without_challenger_has_no_scorecard(scorecard: Scorecard):
    bundle = bundle_with(scorecard)
    bare = replace(bundle, content=bundle.content.model_copy(update={"challenger": None}), files={})
    assert read_scorecard(bare) is None


BAD_FEATURES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "a feature less": lambda: FEATURES[:1],
    "other levels": lambda: [FEATURES[0], {**FEATURES[1], "levels": ["cook", "clerk", "driver"]}],
    "a category instead of a number": lambda: [{**FEATURES[0], "dtype": "category", "levels": ["a"]}, FEATURES[1]],
}


@pytest.mark.parametrize("features", BAD_FEATURES.values(), ids=BAD_FEATURES)
def test_a_scorecard_of_another_bundle_is_refused(scorecard: Scorecard, features: Callable[[], list[dict[str, Any]]]):
    with pytest.raises(BundleFormatError, match=r"model/challenger\.json: .* is no input of this bundle"):
        read_scorecard(bundle_with(scorecard, features=features()))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"rows": NaN}', "\udcff".encode("utf-8", "replace").decode()])
def test_what_is_no_scorecard_is_refused_with_the_name_of_the_file(scorecard: Scorecard, text: str):
    with pytest.raises(BundleFormatError, match=r"model/challenger\.json: "):
        read_scorecard(bundle_with(scorecard, text=text))


def test_a_calibrator_that_falls_is_refused(scorecard: Scorecard):
    found = scorecard.model_dump(mode="json")
    found["calibrator"]["slope"] = -1.0
    with pytest.raises(BundleFormatError, match="finite line that rises"):
        read_scorecard(bundle_with(scorecard, text=json.dumps(found)))
