"""The lender's rules outside the model, read from TOML: versioned, with a digest that every record carries."""

import hashlib
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from garant.exceptions import UsageError

Fact = Literal["income", "annuity", "credit", "charges"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Incomplete(_Section):
    """Facts without which nobody is accepted or refused."""

    facts: tuple[Fact, ...]


class Majority(_Section):
    """Age from which a person may contract."""

    years: int = Field(ge=16, le=21)
    outcome: Literal["refer", "refuse"]


class DebtService(_Section):
    """Highest share of the income that charges may take."""

    max_share: float = Field(gt=0, le=2)
    outcome: Literal["refer", "refuse"]


class CheckRule(_Section):
    """What the lender asks of one external check.

    Parameters
    ----------
    name_fr, name_en : str
        Name of the register, as a person whose application it decides is told.
    required : bool
        Whether nobody is accepted or refused without it.
    max_age_days : int
        Days for which an answer of the register holds; the day of the check is day 0.
    outcome : {"refer", "refuse"}
        What follows for somebody who is listed.
    """

    name_fr: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    required: bool = False
    max_age_days: int = Field(default=30, ge=0, le=365)
    outcome: Literal["refer", "refuse"] = "refer"


CheckName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]


class Policy(_Section):
    """Rules outside the model.

    Parameters
    ----------
    name, version : str
        Said in every manifest.
    external_checks : dict of str to CheckRule
        Checks in registers of others, by name; none when the file has no such section.
    digest : str
        Sha256 of the file's content.
    """

    name: str
    version: str
    incomplete: Incomplete
    majority: Majority
    debt_service: DebtService
    external_checks: dict[CheckName, CheckRule] = Field(default_factory=dict)
    digest: str

    @property
    def required_checks(self) -> tuple[str, ...]:
        """Names of the external checks without which nobody is accepted or refused."""
        return tuple(name for name, rule in self.external_checks.items() if rule.required)

    @property
    def of_facts(self) -> "Policy":
        """The same without external checks: for what other facts would change, which changes no register."""
        return self.model_copy(update={"external_checks": {}})


def load_policy(path: Path | None = None) -> Policy:
    """Read the policy file `path`, or the shipped default.

    Raises
    ------
    UsageError
        When the file cannot be read or an entry is missing, unknown or out of range.
    """
    try:
        content = path.read_bytes() if path else files("garant.policy").joinpath("default.toml").read_bytes()
        entries = tomllib.loads(content.decode("utf-8"))
        return Policy(**entries, digest=hashlib.sha256(content).hexdigest())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"Policy {path or 'default.toml'}: {wrong}.") from error
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"Policy {path or 'default.toml'} cannot be read: {error}") from error
