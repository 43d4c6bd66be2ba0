"""The language of sentences, with the words that the lender has for columns of its own."""

from collections.abc import Collection

from garant.features.feature import Feature
from garant.wording.catalogue import Wording
from garant.wording.own_texts import OwnText, own_entries


def words_of(features: Collection[Feature], language: str, *, currency: str | None = None) -> Wording:
    """Wording in `language` that can name all of `features`."""
    return Wording(language, currency=currency, own=own_entries(own_texts(features), language))


def own_texts(features: Collection[Feature]) -> list[OwnText]:
    """What ``tables.toml`` says of those of `features` that are the lender's own."""
    return [
        OwnText(f.text, f.family, fr=f.own.declared.text_fr, en=f.own.declared.text_en)
        for f in features
        if f.own is not None
    ]
