"""``challenger.json``: what contradicts itself is refused, and nothing is lost on the way through JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from garant.models.scorecard.content import Scorecard

Change = Callable[[dict[str, Any]], object]


def test_counts_of_fewer_than_twenty_people_are_not_shown(scorecard: Scorecard):
    amount, job = scorecard.features
    assert [line.share for line in amount.bins] == [0.3, 0.4, 0.285, None]
    assert [line.bad_rate for line in amount.bins] == [0.2, 0.075, pytest.approx(9 / 285), None]
    assert job.bins[2].share is None


def test_it_says_bins_levels_and_texts_without_garant(scorecard: Scorecard):
    found = json.loads(scorecard.model_dump_json())
    middle = found["features"][0]["bins"][1]
    assert (middle["kind"], middle["lower"], middle["upper"]) == ("range", 10.0, 20.5)
    assert (middle["text_fr"], middle["text_en"]) == ("amount fr 1", "amount en 1")
    assert [line["levels"] for line in found["features"][1]["bins"]] == [["cook"], ["clerk", "driver"], None, None]
    assert [line["kind"] for line in found["features"][1]["bins"]] == ["levels", "levels", "other", "missing"]


CONTRADICTIONS: dict[str, tuple[Change, str]] = {
    "other points": (lambda c: c["features"][0]["bins"][1].update(points=1), "its points are not those"),
    "a gap": (lambda c: c["features"][0]["bins"][1].update(upper=21.0), "leave a gap or overlap"),
    "a lower end of the lowest": (lambda c: c["features"][0]["bins"][0].update(lower=1.0), "leave a gap or overlap"),
    "no bin of NULL": (lambda c: c["features"][0]["bins"].pop(), "not in order, or one"),
    "no bin of other levels": (lambda c: c["features"][1]["bins"].pop(2), "not in order, or one"),
    "a level twice": (lambda c: c["features"][1]["bins"][0].update(levels=["clerk"]), "exactly one group"),
    "levels of NULL": (lambda c: c["features"][1]["bins"][3].update(levels=["clerk"]), "there only"),
    "a weight below 0": (lambda c: c["features"][0].update(weight=-0.1), "greater than 0"),
    "a feature twice": (lambda c: c["features"].append(c["features"][0]), "comes twice"),
    "an unknown key": (lambda c: c.update(secret=1), "Extra inputs"),
    "text for a number": (lambda c: c.update(rows="1000"), "valid integer"),
    "no feature": (lambda c: c["features"].clear(), "at least 1 item"),
}


@pytest.mark.parametrize(("change", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_scorecard_that_contradicts_itself_is_refused(scorecard: Scorecard, change: Change, message: str):
    found = scorecard.model_dump(mode="json")
    change(found)
    with pytest.raises(ValidationError, match=message):
        Scorecard.model_validate_json(json.dumps(found))
