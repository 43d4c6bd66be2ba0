"""The order of judgement of one application: every rule that is hit, and what follows from all of them.

1. The stop switch sends everything to a person.
2. Something that must be known is not (a table, income, charges, a required external check): a person decides.
3. The strictest of what hard rules ask for and what the PD says by the refer band of the bundle.
"""

import math
from collections.abc import Collection, Mapping
from datetime import date

from garant.exceptions import InvariantError
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.external_checks import ExternalCheck, check_hits
from garant.policy.hit import Hit, in_every_language
from garant.policy.outcome import OUTCOMES, Facts, PolicyCode, rule_text_id, verdict
from garant.policy.outcome import hits as facts_hit
from garant.policy.policy import Policy

_STRICTNESS = {outcome: strictness for strictness, outcome in enumerate(OUTCOMES)}


def rule_hits(
    facts: Facts | None,
    *,
    policy: Policy,
    period_declared: bool,
    charges_declared: bool,
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
    period_declared, charges_declared : bool
        Whether ``tables.toml`` says what period money is of, and which column holds the person's charges.
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
            hits.append(_hit(code.name, asked, incomplete=incomplete, charges_declared=charges_declared))
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
    by_pd = Outcome.ACCEPT if pd < band.lower else Outcome.REFER if pd < band.upper else Outcome.REFUSE
    return max((by_pd, *(hit.outcome for hit in hits)), key=_STRICTNESS.__getitem__)


def _hit(
    code: str, outcome: Outcome, *, incomplete: bool, fields: tuple[str, ...] = (), charges_declared: bool = True
) -> Hit:
    text = rule_text_id(code, charges_declared=charges_declared)
    return Hit(
        code=code,
        outcome=outcome,
        incomplete=incomplete,
        texts=in_every_language(lambda words: words.text(text)),
        fields=fields,
    )
