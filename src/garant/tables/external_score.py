"""External scores: who makes them, what they mean, and how the person whom they are about obtains and corrects them.

A score that somebody else made cannot be explained by its number. What can be told is where it comes from and whom to
ask; without that it stays out of profile ``eu`` (see `garant.features.external_entries`).
"""

import math
from types import MappingProxyType
from typing import Self

from pydantic import Field, model_validator

from garant.tables.config_section import Section


class ExternalScore(Section):
    """Section ``[external_scores.COLUMN]``: where a score comes from, for the person who asks.

    Parameters
    ----------
    provider : str or None
        Who makes it; None where nobody says, which only garant's own entries may.
    meaning_fr, meaning_en : str
        What it measures.
    range : list of two numbers or None
        Lowest and highest value; told, not enforced. None for a category.
    correction_fr, correction_en : str
        How the person obtains and corrects it.
    """

    provider: str | None = Field(min_length=1)
    meaning_fr: str = Field(min_length=1)
    meaning_en: str = Field(min_length=1)
    range: list[float] | None = Field(default=None, min_length=2, max_length=2)
    correction_fr: str = Field(min_length=1)
    correction_en: str = Field(min_length=1)

    def meaning(self, language: str) -> str:
        """What the score measures, as a sentence."""
        return _sentence(self.meaning_fr if language == "fr" else self.meaning_en)

    def correction(self, language: str) -> str:
        """How the person obtains and corrects the score, as a sentence."""
        return _sentence(self.correction_fr if language == "fr" else self.correction_en)

    @model_validator(mode="after")
    def _texts_say_something_and_the_range_rises(self) -> Self:
        texts = ("provider", "meaning_fr", "meaning_en", "correction_fr", "correction_en")
        if blank := [key for key in texts if (said := getattr(self, key)) is not None and not said.strip()]:
            raise ValueError(f"the key '{blank[0]}' holds no text")
        if self.range is not None:
            low, high = self.range
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError(f"range: the lowest value comes first, found {self.range}")
        return self


def _sentence(text: str) -> str:
    """`text` on one line, with a full stop at its end."""
    words = " ".join(text.split())
    return words if words.endswith((".", "!", "?")) else f"{words}."


_NO_BREAK = "\N{NO-BREAK SPACE}"

PUBLIC_SCORES = MappingProxyType(
    {
        f"EXT_SOURCE_{number}": ExternalScore(
            provider=None,
            meaning_fr=(
                f"Note d’une source extérieure au prêteur, ramenée à une échelle de 0 à 1{_NO_BREAK}; plus elle est "
                "haute, plus elle est favorable. Les données publiques ne nomment pas son fournisseur."
            ),
            meaning_en=(
                "Score of a source outside the lender, brought onto a scale from 0 to 1; a higher score is more "
                "favourable. The public data do not name its provider."
            ),
            range=[0.0, 1.0],
            correction_fr=(
                f"Le fournisseur de cette note n’est pas nommé dans les données publiques. Demandez au prêteur qui l’a "
                f"établie{_NO_BREAK}: c’est là que vous pouvez la consulter et la faire rectifier."
            ),
            correction_en=(
                "The provider of this score is not named in the public data. Ask the lender who made it: that is where "
                "you can see it and have it corrected."
            ),
        )
        for number in (1, 2, 3)
    }
)
"""Entries of the public data's three scores, which hold until ``tables.toml`` says more."""
