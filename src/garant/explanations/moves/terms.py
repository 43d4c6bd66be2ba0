"""Limits and steps of the moves, read from TOML: a lender's own, or the shipped ones."""

import hashlib
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from garant.exceptions import UsageError
from garant.tables.columns import Kind
from garant.tables.schema import TABLES

COUPLED = ("AMT_GOODS_PRICE", "AMT_CREDIT", "AMT_ANNUITY")
"""Columns of the loan asked for: one of them alone would contradict the others."""

_NO_FACT = (Kind.ID, Kind.LABEL, Kind.DATE)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SmallerPurchase(_Section):
    """How far the price of the goods may fall, and in how many steps at most."""

    is_offered: bool
    least_share: float = Field(gt=0, lt=1)
    steps: int = Field(ge=1, le=200)


class DownPayment(_Section):
    """How much of the credit may be paid at once, in how many steps at most, and for which products never."""

    is_offered: bool
    most_share: float = Field(gt=0, lt=1)
    steps: int = Field(ge=1, le=200)
    not_for: tuple[str, ...] = ()


class LongerTerm(_Section):
    """The yearly rate at which instalments fall, and how long a term may become."""

    is_offered: bool
    yearly_rate: float = Field(gt=0, lt=2)
    step_months: int = Field(ge=1, le=120)
    most_months: int = Field(ge=2, le=600)
    most_times: float = Field(gt=1, le=10)
    not_for: tuple[str, ...] = ()


class ArrearsPaid(_Section):
    """How old the latest monthly record of a contract may be to tell of today."""

    is_offered: bool
    current_months: int = Field(ge=0, le=12)


class CardBalance(_Section):
    """How much of the card balances may be paid, in how many steps at most, and how old a record may be."""

    is_offered: bool
    most_share: float = Field(gt=0, le=1)
    steps: int = Field(ge=1, le=200)
    current_months: int = Field(ge=0, le=12)


class MoveTerms(_Section):
    """The catalogue of moves.

    Parameters
    ----------
    name, version : str
        Said beside every result.
    corrections : dict of str to str
        Name of a correction → column of the application that it corrects.
    digest : str
        Sha256 of the file's content.
    """

    name: str
    version: str
    smaller_purchase: SmallerPurchase
    down_payment: DownPayment
    longer_term: LongerTerm
    arrears_paid: ArrearsPaid
    card_balance: CardBalance
    corrections: dict[str, str]
    digest: str

    @field_validator("corrections")
    @classmethod
    def _may_be_corrected(cls, corrections: dict[str, str]) -> dict[str, str]:
        for name, column in corrections.items():
            if fault := why_never_corrected(column):
                raise ValueError(f"{name} = '{column}': {fault}")
        return corrections


def why_never_corrected(column: str) -> str | None:
    """Why no file of moves can let the application's `column` be changed; None when it may be.

    A column that is not ours is the lender's own, which ``tables.toml`` declares: it is judged where that is known.
    """
    application = TABLES["application"]
    if column not in application.names:
        return None
    found = application[column]
    if found.sensitive is not None:
        return f"protected ({found.sensitive}), and no move changes who a person is or where they live"
    if found.kind in _NO_FACT or column == "subject_ref":
        return "no fact about the person"
    if column in COUPLED:
        return f"{', '.join(COUPLED)} hang together, and only a move of the loan changes them"
    return None


def load_terms(path: Path | None = None) -> MoveTerms:
    """Read the file of moves at `path`, or the shipped one.

    Raises
    ------
    UsageError
        When the file cannot be read, an entry is missing, unknown or out of range, or a correction names a protected
        column.
    """
    try:
        package = files("garant.explanations.moves")
        content = path.read_bytes() if path else package.joinpath("default.toml").read_bytes()
        return MoveTerms(**tomllib.loads(content.decode("utf-8")), digest=hashlib.sha256(content).hexdigest())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"Moves {path or 'default.toml'}: {wrong}.") from error
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"Moves {path or 'default.toml'} cannot be read: {error}") from error
