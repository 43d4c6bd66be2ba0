"""The order of judgement of one application: every rule that is hit, and what follows from all of them.

1. The stop switch sends everything to a person.
2. Something that must be known is not (a table, income, charges, a required external check): a person decides.
3. The strictest of what hard rules ask for and what the PD says by the refer band of the bundle.
"""

import math
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial

from garant.exceptions import InvariantError
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.external_checks import ExternalCheck, check_hits
from garant.policy.hit import Hit, in_every_language
from garant.policy.outcome import OUTCOMES, Facts, PolicyCode, verdict
from garant.policy.outcome import hits as facts_hit
from garant.policy.policy import Policy
from garant.policy.rule_words import rule_sentence, share_of_income
from garant.wording.catalogue import Wording

_ANNUITY = "AMT_ANNUITY"
_COLUMNS = {"income": "AMT_INCOME_TOTAL", "annuity": _ANNUITY, "credit": "AMT_CREDIT"}
"""Raw column of each fact but charges, which are a column of the lender's own or rest on the annuity."""

_CHECKS_INCOMPLETE = tuple(f"EXTERNAL_CHECK_{what}" for what in ("MISSING", "UNKNOWN", "TOO_OLD", "FUTURE"))
_STRICTNESS = {outcome: strictness for strictness, outcome in enumerate(OUTCOMES)}


def rule_hits(
    facts: Facts | None,
    *,
    policy: Policy,
    period_declared: bool,
    charges: str | None,
    stopped: bool,
    unknown_tables: Collection[str],
    checks: Mapping[str, ExternalCheck],
    today: date,
) -> tuple[Hit, ...]:
    """Every rule outside the model that one application hits, the one that decides first.

    Parameters
    ----------
    facts : Facts or None
        Facts of the application, arrays of one; None where they were not computed, because a table is unknown.
    policy : Policy
        The lender's rules.
    period_declared : bool
        Whether ``tables.toml`` says what period money is of.
    charges : str or None
        Column of the application that holds the person's charges; None where only instalments are known.
    stopped : bool
        Whether the stop switch is on.
    unknown_tables : collection of str
        Tables that were left out.
    checks : mapping of str to ExternalCheck
        External checks that came with the application.
    today : date
        Day of the decision.
    """
    hits: list[Hit] = []
    if stopped:
        hits.append(_hit("STOPPED", Outcome.REFER, incomplete=False))
    if unknown_tables:
        hits.append(_hit("INSUFFICIENT_INFORMATION", Outcome.REFER, incomplete=True, fields=tuple(unknown_tables)))
    if facts is not None:
        found = facts_hit(facts, policy=policy, period_declared=period_declared)
        # A share of an income that is missing or zero says nothing about the person; what is unknown is said once.
        passed_over = {PolicyCode.DEBT_SERVICE_RATIO} if found[PolicyCode.INSUFFICIENT_INFORMATION][0] else set()
        passed_over |= {PolicyCode.INSUFFICIENT_INFORMATION} if unknown_tables else set()
        for code in (code for code, rows in found.items() if rows[0] and code not in passed_over):
            incomplete = code is PolicyCode.INSUFFICIENT_INFORMATION
            asked = OUTCOMES[verdict(code, policy)]
            text = partial(
                rule_sentence,
                code.name,
                policy=policy,
                charges_declared=charges is not None,
                share=share_of_income(facts),
            )
            fields = _missing(facts, policy, charges) if incomplete else ()
            hits.append(_hit(code.name, asked, incomplete=incomplete, text=text, fields=fields))
    hits += check_hits(checks, policy, today=today)
    return tuple(sorted(hits, key=lambda hit: (hit.code != "STOPPED", not hit.incomplete, -_STRICTNESS[hit.outcome])))


def outcome_of(pd: float | None, band: ReferBand, hits: Collection[Hit]) -> Outcome:
    """What is proposed.

    Parameters
    ----------
    pd : float or None
        Calibrated PD; None where the model was not asked, which only an incomplete application may be.
    band : ReferBand
        PDs between which a person decides.
    hits : collection of Hit
        Every rule that was hit, as `rule_hits` finds them.

    Raises
    ------
    InvariantError
        When the PD is no probability, or is not there although nothing says why.
    """
    if pd is None and not any(hit.incomplete for hit in hits):
        raise InvariantError("There is no PD, and no rule says that something is unknown; no proposal is made.")
    if pd is not None and not (math.isfinite(pd) and 0.0 <= pd <= 1.0):
        raise InvariantError("A PD is missing or outside [0, 1]; no proposal is made.")
    if pd is None or any(hit.incomplete or hit.code == "STOPPED" for hit in hits):
        return Outcome.REFER
    return max((outcome_by_pd(pd, band), *(hit.outcome for hit in hits)), key=_STRICTNESS.__getitem__)


def outcome_by_pd(pd: float, band: ReferBand) -> Outcome:
    """What the PD alone would propose."""
    return Outcome.ACCEPT if pd < band.lower else Outcome.REFER if pd < band.upper else Outcome.REFUSE


def reasons_decide(pd: float | None, band: ReferBand, hits: Collection[str], outcome: Outcome) -> bool:
    """Whether the model's reasons stand behind a proposal that is no acceptance: a PD that asks for it by itself.

    Parameters
    ----------
    pd, band
        As those of `outcome_of`.
    hits : collection of str
        Codes of the rules that were hit.
    outcome : Outcome
        What is proposed.
    """
    before = {PolicyCode.INSUFFICIENT_INFORMATION.name, "STOPPED", *_CHECKS_INCOMPLETE}
    if pd is None or outcome is Outcome.ACCEPT or not before.isdisjoint(hits):
        return False
    return outcome_by_pd(pd, band) is outcome


def _missing(facts: Facts, policy: Policy, charges: str | None) -> tuple[str, ...]:
    """Raw columns of the facts that must be known and are not."""
    unknown = [name for name in policy.incomplete.facts if not getattr(facts, name)[0] > 0]
    return tuple(dict.fromkeys(f"application.{_COLUMNS.get(name) or charges or _ANNUITY}" for name in unknown))


def _hit(
    code: str,
    outcome: Outcome,
    *,
    incomplete: bool,
    fields: tuple[str, ...] = (),
    text: Callable[[Wording], str] | None = None,
) -> Hit:
    return Hit(
        code=code,
        outcome=outcome,
        incomplete=incomplete,
        texts=in_every_language(text or (lambda words: words.text(f"policy.{code.lower()}"))),
        fields=fields,
    )
