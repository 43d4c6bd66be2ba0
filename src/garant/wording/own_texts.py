"""Texts of the lender's own columns, made from the two that ``tables.toml`` gives each of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from garant.wording.catalogue import Entry, entries

_LINE_ENDS = str.maketrans("\r\n\t", "   ")


@dataclass(frozen=True, slots=True)
class OwnText:
    """What the lender says a column is.

    Parameters
    ----------
    stem : str
        Stem of the text ids of its feature.
    family : str
        Reason family of its feature.
    fr, en : str
        The column in words.
    """

    stem: str
    family: str
    fr: str
    en: str

    def said(self, language: str) -> str:
        """The words in `language`, on one line, without a full stop, with braces that stay braces."""
        words = (self.fr if language == "fr" else self.en).translate(_LINE_ENDS).strip().rstrip(".")
        return words.replace("{", "{{").replace("}", "}}")


def own_entries(texts: Collection[OwnText], language: str) -> Mapping[str, Entry]:
    """Entries of the features and of those of their families that garant has no words for.

    Returns
    -------
    dict
        ``feature.<stem>.label``, ``reason.<stem>.raises`` with the value, ``reason.<stem>.unknown``, and
        ``family.<family>.label`` and ``.raises``: a new family is called by what its columns are.
    """
    known = entries(language)
    found: dict[str, Entry] = {}
    members: dict[str, list[str]] = {}
    for text in texts:
        label = text.said(language)
        found[f"feature.{text.stem}.label"] = Entry(label)
        found[f"reason.{text.stem}.raises"] = _with_label(known["own.raises"], label)
        found[f"reason.{text.stem}.unknown"] = _with_label(known["own.unknown"], label)
        members.setdefault(text.family, []).append(label)
    for family, labels in members.items():
        if f"family.{family}.label" not in known:
            label = ", ".join(labels)
            found[f"family.{family}.label"] = Entry(label)
            found[f"family.{family}.raises"] = _with_label(known["own.family"], label)
    return found


def _with_label(entry: Entry, label: str) -> Entry:
    """Put the label in, leave the value to be filled."""
    return Entry(entry.one.replace("{label}", label))
