"""Who writes letters: name, addresses, deadlines of the lender, from TOML; nothing is made up where one is missing."""

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from garant.exceptions import UsageError

LETTERS_ID = "letters-v1"
"""The texts of letters that are in use; other texts are another version, which a lawyer has to read again."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_min_length=1)


class Contact(_Section):
    """Whom to turn to, in both languages.

    Parameters
    ----------
    contact_fr, contact_en : str or None
        Address, telephone or site; None where the lender has not said it.
    """

    contact_fr: str | None = None
    contact_en: str | None = None


class Named(Contact):
    """An institution with its name, in both languages."""

    name_fr: str | None = None
    name_en: str | None = None


class Sender(Contact):
    """The lender itself."""

    name: str | None = None
    address: tuple[str, ...] = ()


class HumanReview(_Section):
    """How a person asks that somebody looks at the decision again.

    Parameters
    ----------
    procedure_fr, procedure_en : str or None
        Where and how, as a sentence.
    ask_within_days, answer_within_days : int or None
        Days to ask, and days in which the lender answers.
    """

    procedure_fr: str | None = None
    procedure_en: str | None = None
    ask_within_days: int | None = Field(default=None, ge=1, le=3650)
    answer_within_days: int | None = Field(default=None, ge=1, le=365)


class Papers(_Section):
    """Where papers that are missing are sent, and within how many days."""

    send_to_fr: str | None = None
    send_to_en: str | None = None
    within_days: int | None = Field(default=None, ge=1, le=365)


class Approval(_Section):
    """Which texts the lender's lawyer approved, who it was, and when."""

    texts: str | None = None
    by: str | None = None
    on: date | None = None


class Lender(_Section):
    """Everything that letters say of the lender."""

    lender: Sender = Sender()
    data_protection: Contact = Contact()
    human_review: HumanReview = HumanReview()
    papers: Papers = Papers()
    debt_advice: Contact = Contact()
    credit_register: Named = Named()
    authority: Named = Named()
    approval: Approval = Approval()

    @property
    def is_approved(self) -> bool:
        """Whether a lawyer approved the texts that are in use."""
        approval = self.approval
        return approval.texts == LETTERS_ID and approval.by is not None and approval.on is not None

    def entry(self, name: str, language: str) -> str | int | None:
        """Entry ``section.name`` in a language, where it has one for each; None where the lender has not said it."""
        section, _, key = name.partition(".")
        entries = getattr(self, section)
        return getattr(entries, key, None) or getattr(entries, f"{key}_{language}", None)


def load_lender(path: Path | None = None) -> Lender:
    """Read the file of the lender at `path`, or the shipped one, which names nobody but the authority.

    Raises
    ------
    UsageError
        When the file cannot be read or an entry is unknown or out of range.
    """
    try:
        content = (
            path.read_bytes() if path else files("garant.reports.client_letter").joinpath("default.toml").read_bytes()
        )
        return Lender(**tomllib.loads(content.decode("utf-8")))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"Letter file {path or 'default.toml'}: {wrong}.") from error
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"Letter file {path or 'default.toml'} cannot be read: {error}") from error
