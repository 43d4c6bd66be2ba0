"""What a policy allows, as IAM judges it: of its language what the policies of garant use, and an error for the rest.

Stands in for AWS's own simulator, which no server on this machine has.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from template_rules import as_list

Statement = Mapping[str, Any]


def allows(statements: Iterable[Statement], action: str, resource: str = "*", **context: str) -> bool:
    """Whether a request is allowed: some statement allows it, none denies it.

    `context` holds keys of conditions, with a double underscore for the colon: ``aws__RequestedRegion="eu-west-3"``.
    """
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    hits = [s["Effect"] for s in statements if _matches(s, action, resource, keys)]
    return "Allow" in hits and "Deny" not in hits


def denies(statements: Iterable[Statement], action: str, resource: str = "*", **context: str) -> bool:
    """Whether a request is denied by a statement that says so."""
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return any(s["Effect"] == "Deny" and _matches(s, action, resource, keys) for s in statements)


def _matches(statement: Statement, action: str, resource: str, keys: Mapping[str, str]) -> bool:
    if "NotAction" in statement:
        is_action = not any(_like(action.lower(), p.lower()) for p in as_list(statement["NotAction"]))
    else:
        is_action = any(_like(action.lower(), p.lower()) for p in as_list(statement["Action"]))
    is_resource = any(_like(resource, pattern) for pattern in as_list(statement["Resource"]))
    conditions = statement.get("Condition", {})
    return is_action and is_resource and all(_holds(kind, told, keys) for kind, told in conditions.items())


def _holds(kind: str, told: Mapping[str, Any], keys: Mapping[str, str]) -> bool:
    return all(_holds_for(kind, keys.get(key), as_list(wanted)) for key, wanted in told.items())


def _holds_for(kind: str, value: str | None, wanted: list[str]) -> bool:
    match kind:
        case "StringEquals" | "Bool":
            return value is not None and value in wanted
        case "StringLike" | "ArnLike":
            return value is not None and any(_like(value, pattern) for pattern in wanted)
        case "StringNotEquals":
            # A request that does not say it is not equal to anything.
            return value not in wanted
        case _:
            raise NotImplementedError(kind)


def _like(value: str, pattern: str) -> bool:
    """Compare as IAM does: a star stands for anything, slashes too; brackets are letters."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))
