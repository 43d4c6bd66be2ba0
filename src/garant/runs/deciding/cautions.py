"""Warnings about one application: what was sent is judged, and deserves a look."""

from collections.abc import Mapping, Sequence

from garant.decisions.record import Language, Said, Texts
from garant.explanations.stability import is_stable
from garant.features.feature import Feature
from garant.models.bundle.content import BundleContent
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.wording.catalogue import Wording

_APPLICATION = "application"


class Cautions:
    """Finds what deserves a look, by what one bundle reads.

    Parameters
    ----------
    words : mapping of str to Wording
        By language.
    features : sequence of Feature
        Inputs of the bundle.
    content : BundleContent
        Says which columns the training lacked as well.
    config : TablesConfig
        Columns of the application.
    """

    def __init__(
        self,
        words: Mapping[Language, Wording],
        features: Sequence[Feature],
        content: BundleContent,
        config: TablesConfig,
    ) -> None:
        self._words = dict(words)
        self._labels = {
            feature.name: {
                language: said.label(feature.text, window=str(feature.window)) for language, said in words.items()
            }
            for feature in features
        }
        inputs = {column for feature in features for column in feature.inputs}
        never_had = (content.absent_columns or {}).get(_APPLICATION, ())
        self._read = {
            f"{_APPLICATION}.{column.name}"
            for column in config.table_schema(_APPLICATION).columns
            if column.name not in never_had
            and any(f"{_APPLICATION}.{name}" in inputs for name in (column.name, column.sentinel_flag))
        }

    def of(self, records: ClientRecords, unknown_levels: Sequence[str] = ()) -> tuple[Said, ...]:
        """Warnings, the most serious first; they name columns and features, never a value.

        Parameters
        ----------
        records : ClientRecords
            What was sent.
        unknown_levels : sequence of str
            Features with a level that training never met; none where the model was not asked.
        """
        found: list[Said] = []
        if unknown_levels:
            facts = {
                language: ", ".join(self._labels[name][language] for name in unknown_levels) for language in self._words
            }
            texts: Texts = {
                language: words.text("caution.unknown_levels", facts=facts[language])
                for language, words in self._words.items()
            }
            found.append(Said(code="UNKNOWN_LEVELS", texts=texts, fields=tuple(unknown_levels)))
        if records.new_levels:
            found.append(self._said("NEW_LEVELS", records.new_levels))
        absent = tuple(column for column in records.absent if column in self._read)
        if absent:
            found.append(self._said("ABSENT_COLUMNS", absent))
        if records.copies:
            found.append(self._said("DUPLICATE_ROWS", tuple(sorted(records.copies))))
        return tuple(found)

    def of_main_reason(self, kept: float, members: int) -> tuple[Said, ...]:
        """Warning for the adviser of a main reason that too few of the `members` retrained models give.

        Parameters
        ----------
        kept : float
            Share of them that give it.
        members : int
            How many there are.
        """
        if is_stable(round(kept * members), members):
            return ()
        texts: Texts = {
            language: words.text("explain.unstable", n=words.number(round(kept * members)), total=words.number(members))
            for language, words in self._words.items()
        }
        return (Said(code="MAIN_REASON_UNCERTAIN", texts=texts),)

    def _said(self, code: str, fields: tuple[str, ...]) -> Said:
        texts: Texts = {
            language: words.text(f"caution.{code.lower()}", n=words.number(len(fields)))
            for language, words in self._words.items()
        }
        return Said(code=code, texts=texts, fields=fields)
