"""Raw columns in a data dictionary: what each is, what it may hold, what the law lets it be used for, who reads it."""

from collections.abc import Iterator
from dataclasses import dataclass

from garant.features.feature import Feature, Legal
from garant.features.levels import OTHER_LEVEL
from garant.reports.dictionary_data import DictionaryData
from garant.tables.columns import Column, Kind
from garant.tables.external_score import ExternalScore
from garant.tables.limits import limits
from garant.tables.rule_texts import Code
from garant.tables.schema import OPTIONAL_COLUMNS, TABLES
from garant.tables.table_columns import LABEL
from garant.wording.catalogue import Wording

NEVER = "never"
"""Flag of the outcome and of columns of administration, which no feature may read."""

UNREAD = "unread"
"""Flag of a column that no feature reads."""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One raw column in one language.

    Parameters
    ----------
    table, name : str
        The column.
    text : str
        What it is.
    kind : str
        Type and unit.
    allowed : tuple of str
        What it may hold, in short sentences.
    flag : str
        Legal flag of the features that read it, or `NEVER`, or `UNREAD`.
    use : tuple of str
        The flag in words, with what is protected.
    readers : tuple of str
        Names of the features that read it.
    """

    table: str
    name: str
    text: str
    kind: str
    allowed: tuple[str, ...]
    flag: str
    use: tuple[str, ...]
    readers: tuple[str, ...]


def column_lines(data: DictionaryData, table: str, wording: Wording) -> Iterator[ColumnLine]:
    """Lines of the columns of `table`, the lender's own last, in the order of the files."""
    for column in data.config.table_schema(table).columns:
        readers = data.readers[f"{table}.{column.name}"]
        flag = column_flag(column, readers)
        yield ColumnLine(
            table=table,
            name=column.name,
            text=column_text(data, table, column, wording),
            kind=wording.text(f"dictionary.kind.{column.kind}"),
            allowed=tuple(_allowed(column, data.config.scores.get(column.name), wording)),
            flag=flag,
            use=tuple(_use(column, flag, wording)),
            readers=tuple(feature.name for feature in readers),
        )


def column_text(data: DictionaryData, table: str, column: Column, wording: Wording) -> str:
    """What a column is: our words for ours, the lender's words for a column of the lender's own."""
    if column.name in TABLES[table].names:
        return wording.text(f"column.{table}.{column.name}")
    own = data.config.extra.get(column.name)
    if own is None:
        return wording.text("dictionary.charges")
    said = " ".join((own.text_fr if wording.language == "fr" else own.text_en).split()).rstrip(".")
    return wording.text("dictionary.own_column", text=said)


def column_flag(column: Column, readers: tuple[Feature, ...]) -> str:
    """Legal flag of a column by the features that read it.

    Of a protected column it is the strictest of their flags. Any other column is as free as its freest reader: income
    is allowed although income per member of the household is not.
    """
    if column.name in {LABEL, *OPTIONAL_COLUMNS}:
        return NEVER
    flags = {feature.legal for feature in readers}
    order = reversed(_FREE_FIRST) if column.sensitive else _FREE_FIRST
    return next((legal.value for legal in order if legal in flags), UNREAD)


_FREE_FIRST = (Legal.ALLOWED, Legal.EXTERNAL, Legal.PROXY, Legal.FAIRNESS_ONLY, Legal.BANNED)


def _use(column: Column, flag: str, wording: Wording) -> Iterator[str]:
    yield wording.text(f"dictionary.legal.{flag}")
    if column.sensitive:
        yield wording.text(f"dictionary.sensitive.{column.sensitive}")
    if column.sensitive_levels:
        levels = ", ".join(column.sensitive_levels)
        yield wording.text("dictionary.hidden_levels", other=OTHER_LEVEL, levels=levels)


def _allowed(column: Column, score: ExternalScore | None, wording: Wording) -> Iterator[str]:
    yield _values(column, wording)
    if score is not None and score.range is not None:
        least, greatest = (wording.number(end, decimals=6) for end in score.range)
        yield wording.text("dictionary.range.stated", least=least, greatest=greatest)
    if column.sentinels:
        yield wording.text("dictionary.range.sentinels", words=", ".join(column.sentinels))
    if not column.nullable:
        yield wording.text("dictionary.range.not_empty")
    if column.required:
        yield wording.text("dictionary.range.required")


def _values(column: Column, wording: Wording) -> str:
    if column.levels:
        kind = "closed" if column.closed else "open"
        return wording.text(f"dictionary.range.{kind}", levels=", ".join(column.levels))
    if column.kind is Kind.CATEGORY:
        return wording.text("dictionary.range.any_text")
    if column.kind is Kind.DATE:
        return wording.text("dictionary.range.any_day")
    # The narrowest of the limits: a day of birth is in the past by one rule and within ages by another.
    # What is too large for an exact sum says nothing of the column.
    found = [limit for limit in limits(column) if limit.code is not Code.RANGE]
    least = max((x.least for x in found if x.least is not None), default=None)
    greatest = min((x.greatest for x in found if x.greatest is not None), default=None)
    ends = {name: wording.number(end) for name, end in (("least", least), ("greatest", greatest)) if end is not None}
    which = "between" if len(ends) > 1 else next(iter(ends), "any")
    return wording.text(f"dictionary.range.{which}", **ends)
