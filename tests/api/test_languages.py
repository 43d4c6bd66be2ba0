"""Which language a caller gets."""

from typing import Literal

import pytest

from garant.api.languages import chosen_language


@pytest.mark.parametrize(
    ("asked", "default", "expected"),
    [
        ([], "en", "en"),
        ([], "fr", "fr"),
        (["fr"], "en", "fr"),
        (["FR-ca"], "en", "fr"),
        (["de, it"], "fr", "fr"),
        (["de, fr;q=0.7, en;q=0.8"], "fr", "en"),
        (["fr;q=0.7, en;q=0.7"], "en", "fr"),
        (["en, fr"], "fr", "en"),
        (["de", "fr;q=0.2"], "en", "fr"),
        (["fr;q=0"], "fr", "en"),
        (["fr;q=0, *"], "fr", "en"),
        (["*"], "fr", "fr"),
        (["*;q=0.5, en;q=0.1"], "en", "fr"),
        (["fr-CH;q=0.1, fr;q=0.9, en;q=0.5"], "en", "fr"),
        (["fr;q=0, en;q=0"], "fr", "fr"),
    ],
)
def test_the_language_with_the_highest_q_is_chosen(
    asked: list[str], default: Literal["fr", "en"], expected: str
) -> None:
    assert chosen_language(asked, default) == expected


@pytest.mark.parametrize("wrong", ["", ",,,", "fr;q=2", "fr;q=x", "\x00", "é", ";", "f" * 100_000, "fr;q=0.1234"])
def test_a_preference_that_cannot_be_read_is_passed_over(wrong: str) -> None:
    assert chosen_language([wrong], "en") == "en"
    assert chosen_language([f"{wrong}, fr"], "en") in {"fr", "en"}
