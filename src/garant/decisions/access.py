"""Who may do what: one table from roles to scopes, for the API and for every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is for the lender."""

    ADVISER = "adviser"
    REVIEWER = "reviewer"
    RISK = "risk"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What somebody may do."""

    DECIDE = "decision:write"
    READ = "decision:read"
    READ_ALL = "decision:read_all"
    CONFIRM = "decision:confirm"
    CONTEST = "decision:contest"
    REVIEW = "review:write"
    FIGURES = "review:figures"
    CORRECT = "correction:write"
    MODEL = "model:read"
    EXPORT = "subject:export"
    ERASE = "subject:erase"
    KEYS = "key:write"
    STOP = "policy:stop"


SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.ADVISER: frozenset({Scope.DECIDE, Scope.READ, Scope.CONFIRM, Scope.CONTEST, Scope.CORRECT, Scope.MODEL}),
        Role.REVIEWER: frozenset({Scope.READ, Scope.READ_ALL, Scope.REVIEW, Scope.MODEL}),
        Role.RISK: frozenset({Scope.READ, Scope.READ_ALL, Scope.FIGURES, Scope.MODEL, Scope.STOP}),
        Role.AUDITOR: frozenset({Scope.READ, Scope.READ_ALL, Scope.FIGURES, Scope.MODEL, Scope.EXPORT}),
        Role.ADMIN: frozenset({Scope.MODEL, Scope.EXPORT, Scope.ERASE, Scope.KEYS, Scope.STOP}),
    }
)
"""The table. Without `Scope.READ_ALL` only decisions of the own branch are there; who erases does not decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who was recognised.

    Parameters
    ----------
    id : str
        Id of the API key or of the person; stands in records.
    role : Role
        Decides the scopes.
    owner : str
        Branch.
    """

    id: str
    role: Role
    owner: str

    def may(self, scope: Scope) -> bool:
        """Whether the role has the scope."""
        return scope in SCOPES[self.role]

    def sees(self, owner: str) -> bool:
        """Whether decisions of the branch `owner` are there for this principal."""
        return self.may(Scope.READ) and (owner == self.owner or self.may(Scope.READ_ALL))
