"""``tables.toml``: what the lender's files and columns are called, and what its label and its money mean."""

import codecs
import difflib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.config_section import Section
from garant.tables.external_score import PUBLIC_SCORES, ExternalScore
from garant.tables.schema import TABLES

DecimalMark = Literal[".", ","]
GroupMark = Literal["", " ", ".", ",", "'"]

ExtraKind = Literal["money", "days", "months", "years", "count", "rating", "flag", "rate", "category", "date"]


class ReadOptions(Section):
    """How a delimited file is written, where the defaults do not fit.

    Parameters
    ----------
    encoding : str
        Name of the encoding as Python knows it.
    delimiter : str
        One mark between two cells.
    decimal : {".", ","}
        Decimal mark of numbers.
    thousands : {"", " ", ".", ",", "'"}
        Mark between groups of three digits; a space stands for no-break spaces too.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: DecimalMark = "."
    thousands: GroupMark = ""

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            codecs.getincrementaldecoder(encoding)
            # Python also knows codecs that are no text (hex, zip): only those of text encode it.
            "a".encode(encoding)
            return codecs.lookup(encoding).name
        except (LookupError, UnicodeError) as error:
            raise ValueError(f"unknown encoding '{encoding}'") from error

    @field_validator("delimiter")
    @classmethod
    def _one_mark(cls, delimiter: str) -> str:
        if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
            raise ValueError("one ASCII character, no quote and no line end")
        return delimiter

    @model_validator(mode="after")
    def _marks_apart(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands cannot both be '{self.decimal}'")
        return self


class Label(Section):
    """What the label is, and so what a PD means.

    Parameters
    ----------
    name : str
        Short name of the definition.
    days_past_due : int or None
        Days past due from which a client counts as defaulted.
    window_months : int or None
        Months after the application in which that is observed.
    is_default : bool
        Whether label 1 is a default, so that exposure times loss given default is lost; undeclared, no loss is expected
        of anybody.
    text_fr, text_en : str
        What stands wherever a PD is shown.
    """

    name: str
    days_past_due: int | None = Field(default=None, ge=0)
    window_months: int | None = Field(default=None, ge=1)
    is_default: bool = False
    text_fr: str = Field(min_length=1)
    text_en: str = Field(min_length=1)

    def text(self, language: Literal["fr", "en"]) -> str:
        """What stands beside a PD in `language`."""
        return self.text_fr if language == "fr" else self.text_en


HOME_CREDIT_LABEL = Label(
    name="Home Credit",
    text_fr="PD (définition Home Credit : premières difficultés de paiement)",
    text_en="PD (Home Credit definition: early payment difficulty)",
)


class Money(Section):
    """What amounts mean.

    Parameters
    ----------
    period : {"month", "year"} or None
        Period of income and annuities; undeclared, no sentence states a share of income.
    currency : str or None
        ISO 4217 code.
    charges : str or None
        Column of the application with all known charges of the person, the annuity asked for included; read as an
        amount, never a feature by itself.
    """

    period: Literal["month", "year"] | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    charges: str | None = None


class Extra(Section):
    """A column of the lender's own that becomes a feature.

    Parameters
    ----------
    type : str
        Kind of the column: money, days, months, years, count, rating, flag, rate, category, date.
    sign : {"raises", "lowers", "none"}
        What a higher value does to the risk.
    family : str
        Reason family.
    legal : str
        What the law lets the feature be used for.
    text_fr, text_en : str
        What the column is.
    """

    type: ExtraKind
    sign: Literal["raises", "lowers", "none"] = "none"
    family: str = "lender"
    legal: Literal["allowed", "external", "proxy", "fairness_only", "banned"] = "allowed"
    text_fr: str = Field(min_length=1)
    text_en: str = Field(min_length=1)


class TablesConfig(Section):
    """Everything that ``tables.toml`` may say; without the file, the defaults.

    Parameters
    ----------
    tables : dict
        Our table → file or folder, or a list of them, relative to the data folder.
    columns : dict
        Our table → (our column → the file's name of it).
    read : dict
        Our table → how its files are written.
    label : Label
        What the label means.
    money : Money
        What amounts mean.
    external_scores : dict
        Column of the application → where the score comes from.
    extra : dict
        Column of the application that is not ours → what it is.
    """

    tables: dict[str, str | list[str]] = Field(default_factory=dict[str, str | list[str]])
    columns: dict[str, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    read: dict[str, ReadOptions] = Field(default_factory=dict[str, ReadOptions])
    label: Label = HOME_CREDIT_LABEL
    money: Money = Money()
    external_scores: dict[str, ExternalScore] = Field(default_factory=dict[str, ExternalScore])
    extra: dict[str, Extra] = Field(default_factory=dict[str, Extra])

    @field_validator("tables", "columns", "read")
    @classmethod
    def _known_tables(cls, sections: dict[str, Any]) -> dict[str, Any]:
        unknown = [f"unknown table '{name}'{did_you_mean(name, TABLES)}" for name in sections if name not in TABLES]
        if unknown:
            raise ValueError("; ".join(unknown))
        return sections

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        application = TABLES["application"]
        for name in self.extra:
            if name in application.names:
                raise ValueError(f"[extra.{name}] is a column of application already: remove the section")
        for table, mapped in self.columns.items():
            known = self.table_schema(table).names
            for name in mapped:
                if name not in known:
                    raise ValueError(f"[columns.{table}] unknown column '{name}'{did_you_mean(name, known)}")
        known = self.table_schema("application").names
        for name in self.external_scores:
            if name not in known:
                raise ValueError(f"[external_scores.{name}] unknown column{did_you_mean(name, known)}")
            if fault := self._fault_of_score(name):
                raise ValueError(f"[external_scores.{name}] {fault}")
        charges = self.money.charges
        if charges is not None and self.table_schema("application")[charges].kind is not Kind.MONEY:
            raise ValueError(f"[money] charges: '{charges}' is no amount")
        return self

    def table_schema(self, table: str) -> TableSchema:
        """Schema of `table` with the lender's own columns, which stand after ours in the application."""
        schema = TABLES[table]
        if table != "application":
            return schema
        charges = self.money.charges
        # What the lender's own columns may hold, the lender alone knows: below zero is legal there, but for charges.
        own = [Column(name, Kind(extra.type), negative=name != charges) for name, extra in self.extra.items()]
        if charges is not None and charges not in schema.names and charges not in self.extra:
            own.append(Column(charges, Kind.MONEY))
        return replace(schema, columns=(*schema.columns, *own)) if own else schema

    def _fault_of_score(self, name: str) -> str | None:
        """What is wrong with the entry of the column `name`."""
        own, stated = self.extra.get(name), self.external_scores[name].range
        if own is None and name not in PUBLIC_SCORES:
            known = f'external scores are {", ".join(PUBLIC_SCORES)} and [extra] columns with legal = "external"'
            return f"is no external score: {known}"
        if own is not None and own.legal != "external":
            return f'the column is legal = "{own.legal}": write legal = "external" in [extra.{name}]'
        is_category = own is not None and own.type == "category"
        if is_category and stated is not None:
            return "range: a category has none; remove the key"
        return "the key 'range' is missing" if stated is None and not is_category else None

    @property
    def scores(self) -> dict[str, ExternalScore]:
        """Where external scores come from, by column: what this file says, else garant's own entries."""
        return {**PUBLIC_SCORES, **self.external_scores}

    @property
    def undocumented_scores(self) -> tuple[str, ...]:
        """The lender's columns that are external scores without an entry: profile ``eu`` leaves them out."""
        return tuple(sorted(n for n, extra in self.extra.items() if extra.legal == "external" and n not in self.scores))

    @property
    def own_columns(self) -> frozenset[str]:
        """Columns of the application that only this file declares."""
        return frozenset(self.table_schema("application").names) - frozenset(TABLES["application"].names)

    def read_options(self, table: str) -> ReadOptions:
        """How the files of `table` are written."""
        return self.read.get(table, ReadOptions())

    @property
    def renamed_label(self) -> str | None:
        """The lender's label column when no [label] says what it means."""
        mapped = self.columns.get("application", {}).get("TARGET")
        return mapped if mapped is not None and "label" not in self.model_fields_set else None

    def to_dict(self) -> dict[str, Any]:
        """What was said, without the defaults; `TablesConfig.model_validate` reads it back."""
        return self.model_dump(mode="json", exclude_unset=True)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``. Did you mean 'X'?`` with the nearest of `known`, or nothing."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.strip().casefold(), by_fold, n=1, cutoff=0.6)
    return f". Did you mean '{by_fold[near[0]]}'?" if near else ""
