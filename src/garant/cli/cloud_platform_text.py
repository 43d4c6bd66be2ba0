"""What `garant cloud deploy` and `status` say: what is made, what stands there, what it costs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from garant.cli.show import print_rows, say, warn

if TYPE_CHECKING:
    from garant.cloud.account import Account
    from garant.cloud.deployment import Deployment
    from garant.cloud.stacks import Stack
    from garant.cloud.standing_costs import MonthlyCost, Totals


def say_deployment(deployment: "Deployment") -> None:
    """Say what a deployment makes or changes, and what stays to be paid when nothing works."""
    from garant.cloud.deployment import rest_prices
    from garant.cloud.names import SERVING, TOOLKIT
    from garant.cloud.profiles import DEFAULT_PROFILE, profile_of

    account, told = deployment.cdk.account, deployment.cdk.context
    limits = profile_of(told.get("profile", DEFAULT_PROFILE.name))
    say(f"Account {account.id} ({account.caller}), region {account.region}")
    first = f"{TOOLKIT} (what AWS CDK needs in a region), then " if deployment.prepares else ""
    say(f"Makes or changes: {first}{', '.join(deployment.stacks)}")
    if told:
        say(f"Told: {', '.join(f'{name}={value}' for name, value in told.items())}")
    say("This was never tried on a real AWS account: look at what it makes.")
    say(f"A job may use {limits.vcpu} vCPU and {limits.memory_gb} GB for {limits.timeout_minutes} minutes at most.")
    say(f"Profile {limits.name} is meant for {limits.for_whom}.")
    say("While nothing works it costs, beside what reading and writing costs:")
    for name, price in rest_prices(account.region):
        say(f"  {name}: {price.origin if price is not None else f'no source of a price in {account.region}'}")
    if SERVING in deployment.stacks:
        _say_serving(account.region, is_public=told.get("serving_public") == "true")
    for stack in deployment.in_work:
        say(f"CloudFormation is at work on {stack.name} ({stack.status}): AWS CDK waits for it, then goes on.")
    for stack in deployment.broken:
        warn(f"{stack.name} is {stack.status}: something failed there. AWS CDK tries to mend it, and says what it was.")


def _say_serving(region: str, *, is_public: bool) -> None:
    """Say what the decision service will cost, as far as prices have a source."""
    from garant.cloud.deployment import serving_parts

    say("The decision service costs by the hour whether anybody asks or not, until `garant cloud stop --serving`.")
    say("As long as no image was told it is a repository alone; with one a month has at least:")
    parts = serving_parts(region, is_public=is_public)
    for part in parts:
        amount = "no source" if part.price is None else f"{part.units * part.price.usd:.2f} USD"
        say(f"  {part.name}: {part.units:,g} {part.unit}s, {amount}")
    known = sum(part.units * part.price.usd for part in parts if part.price is not None)
    unknown = [part.name for part in parts if part.price is None]
    if unknown:
        sum_ = f"Known of it: {known:.2f} USD" if known else "No price of it is known"
        say(f"{sum_}; without a source in {region}: {', '.join(unknown)}.")
    else:
        say(f"Together: {known:.2f} USD.")


def say_status(account: "Account", stacks: Sequence["Stack"], costs: Sequence["MonthlyCost"], sums: "Totals") -> None:
    """Say what is deployed, and what each thing costs a month."""
    where = f"account {account.id}, region {account.region}"
    if not stacks and not costs:
        say(f"Nothing of garant is in {where}; nothing costs anything there.")
        return
    say(f"Deployed in {where}: " + (", ".join(f"{s.name} ({s.status})" for s in stacks) or "no stack"))
    shown = [
        {
            "kind": c.thing.kind,
            "name": c.thing.label,
            "stack": c.thing.stack,
            "state": c.thing.state,
            "USD/month": _usd(c),
        }
        for c in costs
    ]
    print_rows(shown, output="table")
    for remark in dict.fromkeys(f"{c.thing.kind}: {c.thing.remark}." for c in costs if c.thing.remark):
        say(remark)
    say(f"Known, a month: {sums.at_rest_usd:.2f} USD for storage and keys, {sums.other_usd:.2f} USD for what works.")
    if sums.unknown:
        say(f"On top comes, without a source of its price in {account.region}: {', '.join(sums.unknown)}.")
    for origin in dict.fromkeys(price.origin for cost in costs for price in cost.prices):
        say(f"Price: {origin}.")
    if sums.works:
        say("What works ends by: garant cloud stop, and garant cloud stop --serving for the decision service")


def _usd(cost: "MonthlyCost") -> str:
    if cost.usd is not None:
        return f"{cost.usd:.2f}"
    return "no source" if cost.missing else "while it works"


def cost_row(cost: "MonthlyCost") -> dict[str, str | float | None]:
    """One thing and its price, for programs."""
    thing = cost.thing
    return {
        "kind": thing.kind,
        "name": thing.name,
        "stack": thing.stack,
        "state": thing.state,
        "usd_per_month": cost.usd,
        "no_source": ", ".join(cost.missing),
        "is_at_rest": str(thing.is_at_rest).lower(),
        "remark": thing.remark,
    }
