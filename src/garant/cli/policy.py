"""`garant policy show | stop | resume`: the lender's rules outside the model, and the switch that stops deciding."""

from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.operator import operator
from garant.cli.show import print_json, say
from garant.decisions.access import Role
from garant.exceptions import UsageError
from garant.settings import load_settings

Reason = Annotated[str, Parameter(help="Why, for who looks at it later; kept in clear, so name nobody.")]


def show_policy(
    *, output: Annotated[Literal["table", "json"], Parameter(help="Lines, or one JSON object.")] = "table"
) -> int:
    """Show the rules outside the model, who makes a decision final, and whether deciding is stopped.

    Example: garant policy show
    """
    from garant.policy.policy import load_policy
    from garant.runs.deciding.terms import Terms
    from garant.runs.record_store import is_first_use, opened_store

    settings = load_settings()
    policy, terms = load_policy(settings.policy_file), Terms.of(settings)
    turn = None
    if not is_first_use(settings):
        with opened_store(settings) as store:
            turn = store.last_turn()
    is_stopped = turn is not None and turn.is_stopped
    if output == "json":
        switch = None if turn is None else {"at": turn.at.isoformat(), "actor": turn.actor, "reason": turn.reason}
        print_json(
            {
                "policy": policy.model_dump(mode="json"),
                "decision_mode": str(terms.mode),
                "legal_basis": terms.legal_basis,
                "is_stopped": is_stopped,
                "last_turn": switch,
            }
        )
        return 0
    say(f"policy      {policy.name} {policy.version}, digest {policy.digest[:12]}")
    say(f"needs       {', '.join(policy.incomplete.facts)}; else a person decides")
    say(f"majority    {policy.majority.years} years, below: {policy.majority.outcome}")
    say(f"charges     at most {policy.debt_service.max_share:.0%} of the income, above: {policy.debt_service.outcome}")
    for name, rule in policy.external_checks.items():
        need = "required" if rule.required else "judged when it is sent"
        say(f"check       {name}: {need}, holds for {rule.max_age_days} days, listed: {rule.outcome}")
    basis = f", legal basis: {terms.legal_basis}" if terms.legal_basis else ""
    final = "a named person makes each proposal final" if str(terms.mode) == "assisted" else "final at once"
    say(f"mode        {terms.mode}: {final}{basis}")
    if turn is None:
        say("switch      deciding; nobody ever stopped it")
    else:
        state = "STOPPED: every application goes to a person" if is_stopped else "deciding"
        say(f"switch      {state}, since {turn.at:%Y-%m-%d %H:%M} UTC by {turn.actor}: {turn.reason}")
    return 0


def stop_policy(*, reason: Reason) -> int:
    """Stop deciding: from now on every application goes to a person (outcome refer), in every process within 5 s.

    Nothing needs a restart, and what was decided before stays. `garant policy resume` ends it.

    Example: garant policy stop --reason "drift seen in the scores of this morning"
    """
    return _turn(reason, is_stopped=True)


def resume_policy(*, reason: Reason) -> int:
    """Decide again after `garant policy stop`.

    Example: garant policy resume --reason "cause found, bundle replaced"
    """
    return _turn(reason, is_stopped=False)


def _turn(reason: str, *, is_stopped: bool) -> int:
    from garant.runs.record_store import opened_store

    if not reason.strip():
        raise UsageError("--reason is empty: say why, for who looks at it later.")
    settings = load_settings()
    person = operator(Role.RISK, settings.owner)
    with opened_store(settings) as store:
        (store.stop if is_stopped else store.resume)(person, reason.strip())
    if is_stopped:
        say("Stopped: within 5 s every application goes to a person. `garant policy resume` ends it.")
    else:
        say("Deciding again, within 5 s in every process.")
    return 0
