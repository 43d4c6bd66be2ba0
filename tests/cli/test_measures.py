"""What `train` says of the applicants that its figures are of."""

import pytest

from garant.cli.measures import judged_text, split_text
from garant.models.bundle.content import BundleContent
from garant.models.bundle.training_entry import SplitEntry, TrainingEntry

LATER = SplitEntry(kind="out_of_time", start="2026-01", tested_rows=250, immature_rows=30)


def content(split: SplitEntry) -> BundleContent:
    """The entries that say who was trained on and tested."""
    training = TrainingEntry(
        rows=900, positives=80, folds=5, iterations=(9,) * 5, iteration=9, parameters={}, libraries={}
    )
    return BundleContent.model_construct(training=training, split=split)


@pytest.mark.parametrize("has_dates", [True, False])
def test_a_random_split_names_the_other_one_only_where_there_are_days(has_dates: bool) -> None:  # noqa: FBT001
    said = split_text(content(SplitEntry()), has_dates=has_dates)
    assert said.startswith("random split only")
    assert said.endswith("; 900 applicants")
    assert ("--out-of-time" in said) is has_dates


def test_figures_say_whose_they_are() -> None:
    assert judged_text(content(SplitEntry())) == "out of fold on the 900 applicants trained on"
    assert judged_text(content(LATER)) == "on the 250 later applicants, from 2026-01 on"
    assert split_text(content(LATER), has_dates=True) == (
        "out of time: trained on 900 applicants before 2026-01, tested on 250 from then on; 30 too recent for either"
    )
