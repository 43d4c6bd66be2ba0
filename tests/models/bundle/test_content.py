"""Entries of bundle.json."""

import pytest
from pydantic import ValidationError

from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent, MetricEntry


def test_a_measure_that_the_sample_cannot_tell_is_null() -> None:
    nan = float("nan")
    assert MetricEntry.of(Interval(nan, nan, nan)) == MetricEntry(value=None, low=None, high=None)
    assert MetricEntry.of(Interval(0.7, 0.6, 0.8)) == MetricEntry(value=0.7, low=0.6, high=0.8)


def test_content_survives_its_text_bit_for_bit(content: BundleContent) -> None:
    assert BundleContent.model_validate_json(content.model_dump_json()) == content


def test_a_quick_look_stands_in_the_file_and_nothing_else_changes_for_other_bundles(content: BundleContent) -> None:
    usual = content.model_dump(mode="json")["training"]
    assert "fast" not in usual, "a bundle from before the entry existed and one of today would differ"
    quick = content.training.model_copy(update={"fast": True})
    written = content.model_copy(update={"training": quick}).model_dump_json()
    assert BundleContent.model_validate_json(written).training.fast
    assert not BundleContent.model_validate_json(content.model_dump_json()).training.fast


def test_content_cannot_be_changed(content: BundleContent) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        content.cutoff = 0.5  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite(content: BundleContent, value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        BundleContent.model_validate({**dict(content), "base_value": value})


def test_rare_levels_are_those_of_the_section_and_unknown_without_it(content: BundleContent) -> None:
    (category,) = [column.name for column in content.columns if column.levels is not None]
    assert {column.rare for column in content.columns} == {None}
    told = content.model_copy(update={"rare_levels": {category: ("0123456789abcdef",)}})
    assert {column.name: column.rare for column in told.columns if column.levels is not None} == {
        category: ("0123456789abcdef",)
    }
