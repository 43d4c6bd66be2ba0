"""Checks in registers of others, such as a national register of payment incidents: what was found, and what follows.

A check never accepts anybody. One that says the person is listed has the outcome that the policy names; one that the
policy requires and that is missing, without an answer, too old or dated in the future leaves a person to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from garant.exceptions import Problem, RecordsError
from garant.models.cutoff import Outcome
from garant.policy.hit import Hit, in_every_language
from garant.policy.policy import CheckRule, Policy
from garant.wording.catalogue import Wording

FIELD = "external_checks"
"""Name of the field of a request."""

MAX_REFERENCE = 200
"""Characters of a reference."""

_ENTRIES = ("date", "result", "reference")


class CheckResult(StrEnum):
    """What a register answered."""

    CLEAR = "clear"
    LISTED = "listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalCheck:
    """One check that was made.

    Parameters
    ----------
    on : date
        When.
    result : CheckResult
        What the register answered.
    reference : str or None
        Under what name the lender can prove it.
    """

    on: date
    result: CheckResult
    reference: str | None = None


def read_checks(value: object, policy: Policy) -> Mapping[str, ExternalCheck]:
    """Checks of a request, by name.

    Parameters
    ----------
    value : object
        The field as it was parsed from JSON: ``{"national_register": {"date": "2026-11-29", "result": "clear"}}``.
    policy : Policy
        Names the checks that may come.

    Raises
    ------
    RecordsError
        With every problem: an unknown check or entry, a wrong date, result or reference. A check that the policy does
        not name is refused and not passed over: nobody shall believe that it was looked at.
    """
    if not isinstance(value, Mapping):
        raise RecordsError([_problem("", "type", "expected an object: name of the check → date, result, reference")])
    problems: list[Problem] = []
    found: dict[str, ExternalCheck] = {}
    for name, said in value.items():
        if name not in policy.external_checks:
            known = ", ".join(sorted(policy.external_checks)) or "none"
            problems.append(_problem("", "unknown_check", f"a check that the policy does not name (it names: {known})"))
            continue
        check = _read_check(name, said, problems)
        if check is not None:
            found[name] = check
    if problems:
        raise RecordsError(problems)
    return MappingProxyType(found)


def _read_check(name: str, said: object, problems: list[Problem]) -> ExternalCheck | None:
    before = len(problems)
    if not isinstance(said, Mapping):
        problems.append(_problem(f"/{name}", "type", "expected an object with date, result and maybe reference"))
        return None
    if any(entry not in _ENTRIES for entry in said):
        problems.append(_problem(f"/{name}", "unknown_field", f"expected nothing but {', '.join(_ENTRIES)}"))
    on = _date(said.get("date"))
    if on is None:
        problems.append(_problem(f"/{name}/date", "date", "expected a date such as 2026-11-29"))
    result = said.get("result")
    if not isinstance(result, str) or result not in set(CheckResult):
        problems.append(_problem(f"/{name}/result", "result", f"expected one of {', '.join(CheckResult)}"))
    reference = said.get("reference")
    if reference is not None and not (isinstance(reference, str) and 0 < len(reference) <= MAX_REFERENCE):
        expected = f"expected a text of at most {MAX_REFERENCE} characters, or none"
        problems.append(_problem(f"/{name}/reference", "reference", expected))
    if len(problems) > before or on is None:
        return None
    return ExternalCheck(on=on, result=CheckResult(str(result)), reference=reference)


def _date(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != len("2026-11-29"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _problem(place: str, code: str, text: str) -> Problem:
    return Problem(f"/{FIELD}{place}", f"{FIELD}.{code}", text)


def check_hits(checks: Mapping[str, ExternalCheck], policy: Policy, *, today: date) -> tuple[Hit, ...]:
    """Rules about external checks that are hit, each register's by itself, in the order of the policy.

    Parameters
    ----------
    checks : mapping of str to ExternalCheck
        What came with the application.
    policy : Policy
        What is required and for how long an answer holds.
    today : date
        Day of the decision.
    """
    hits = (_hit(name, rule, checks.get(name), today) for name, rule in policy.external_checks.items())
    return tuple(hit for hit in hits if hit is not None)


def _hit(name: str, rule: CheckRule, check: ExternalCheck | None, today: date) -> Hit | None:
    what = _what(rule, check, today)
    listed = check is not None and check.result is CheckResult.LISTED
    # A register that lists the person is never passed over: where its answer cannot be used, a person looks at it.
    if what is None or (what != "listed" and not rule.required and not listed):
        return None

    def text(words: Wording) -> str:
        values = {"name": rule.name_fr if words.language == "fr" else rule.name_en}
        if check is not None:
            values |= {"date": words.date(check.on), "result": words.text(f"policy.check_result.{check.result}")}
        return words.text(f"policy.external_check_{what}.named", **values)

    return Hit(
        code=f"EXTERNAL_CHECK_{what.upper()}",
        outcome=Outcome(rule.outcome) if what == "listed" else Outcome.REFER,
        incomplete=what != "listed",
        texts=in_every_language(text),
        fields=(f"{FIELD}.{name}",),
    )


def _what(rule: CheckRule, check: ExternalCheck | None, today: date) -> str | None:
    """What is wrong with a check; None of one that is clear and holds."""
    if check is None:
        return "missing"
    if check.on > today:
        return "future"
    if (today - check.on).days > rule.max_age_days:
        return "too_old"
    return None if check.result is CheckResult.CLEAR else str(check.result)
