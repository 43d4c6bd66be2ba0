"""What a deployment consists of: the stacks, the commands, and what of it costs money while nothing works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from garant.cloud.account import DENIED, Account
from garant.cloud.cdk import Cdk, npx_program, run_cdk
from garant.cloud.checkout import infra_app
from garant.cloud.deployment_policy import ensure_policy
from garant.cloud.names import SERVICE_URL, SERVING, STACKS, TOOLKIT
from garant.cloud.prices import Price, price_of, unit_of
from garant.cloud.record_of_decisions import check_begins, check_goes_on
from garant.cloud.serving_size import SERVING_SIZE
from garant.cloud.stacks import Stack, deployed_stacks
from garant.cloud.told import check_files, merged, told_before

AT_REST: Final = ("kms_key", "s3_storage")
"""Prices of all that a platform without Serving costs while nothing works."""


@dataclass(frozen=True)
class Deployment:
    """One deployment, before it is begun.

    Attributes
    ----------
    cdk : Cdk
        The commands and where they go.
    stacks : tuple of str
        In the order in which they are deployed.
    there : mapping
        Stacks that are deployed already.
    """

    cdk: Cdk
    stacks: tuple[str, ...]
    there: Mapping[str, Stack]

    @property
    def prepares(self) -> bool:
        """Whether the region is prepared for AWS CDK first."""
        return TOOLKIT not in self.there

    def commands(self, *, asks: bool) -> list[list[str]]:
        """Commands that deploy, in their order."""
        return [*([self.cdk.bootstrap()] if self.prepares else ()), self.cdk.deploy(self.stacks, asks=asks)]

    @property
    def in_work(self) -> list[Stack]:
        """Stacks that CloudFormation is at work on, as after a deployment that was broken off."""
        return [stack for stack in self.there.values() if stack.is_in_work]

    @property
    def broken(self) -> list[Stack]:
        """Stacks that something failed in."""
        return [stack for stack in self.there.values() if stack.is_broken]


def planned(account: Account, *, now: Mapping[str, str], serving: bool, output: Path) -> Deployment:
    """Look what is there, and what is to be done.

    Parameters
    ----------
    account : Account
        Where to.
    now : mapping
        What the templates are told; what is not named stays as the last deployment said.
    serving : bool
        Whether the decision service is asked for; one that is there already is deployed with the others, since they
        hand values to it.
    output : Path
        Folder for the templates that are made on the way.

    Raises
    ------
    MissingPartError
        When the templates, Node or npx are not here.
    UsageError
        When the record of decisions would be lost sight of, or a file that the last deployment read is not here.
    """
    app, npx = infra_app(), npx_program()
    there = deployed_stacks(account)
    before = told_before(account, there)
    context = merged(before, now)
    serves = serving or SERVING in there
    if serves and SERVICE_URL in (there[SERVING].outputs if SERVING in there else ()):
        check_goes_on(before, context)
    elif serves and "serving_image" in context and "serving_snapshot" not in now:
        check_begins(account)
    check_files(context)
    stacks = tuple(name for name in STACKS if serves or name != SERVING)
    return Deployment(cdk_for(account, context=context, serving=serves, output=output, app=app, npx=npx), stacks, there)


def cdk_for(
    account: Account,
    *,
    serving: bool,
    output: Path,
    context: Mapping[str, str] | None = None,
    app: Path | None = None,
    npx: str | None = None,
) -> Cdk:
    """Commands of AWS CDK for an account; templates of Serving are made when it is there or asked for."""
    told = {**(context or {}), **({"serving": "true"} if serving else {})}
    return Cdk(app=app or infra_app(), account=account, context=told, output=output, npx=npx or npx_program())


def deploy(deployment: Deployment, *, asks: bool, telling: Callable[[str], None]) -> None:
    """Deploy; what is done already is left as it is, so it may be run again at any time.

    Raises
    ------
    CloudError
        When AWS or its CDK says no.
    """
    cdk = deployment.cdk
    if deployment.prepares:
        ensure_policy(cdk.account)
        telling(f"The region is prepared for AWS CDK: stack {TOOLKIT}.")
        run_cdk(cdk.bootstrap(), cdk)
    # Who may only deploy, as a workflow does, leaves the policy as it is.
    elif cdk.account.unless(DENIED, lambda: ensure_policy(cdk.account)):
        telling("The policy that deploying is bounded by was brought to this version of garant.")
    run_cdk(cdk.deploy(deployment.stacks, asks=asks), cdk)


@dataclass(frozen=True)
class ServingPart:
    """One thing that the decision service is paid for.

    Attributes
    ----------
    name, unit : str
        As the list of prices has them.
    units : float
        How many a month has.
    price : Price or None
        Price of one, where one has a source.
    """

    name: str
    unit: str
    units: float
    price: Price | None


def serving_parts(region: str, *, is_public: bool) -> list[ServingPart]:
    """What a month of the decision service is paid for while nobody asks, with as many tasks as run at least."""
    monthly = SERVING_SIZE.monthly(is_public=is_public)
    return [ServingPart(name, unit_of(name), units, price_of(name, region)) for name, units in monthly.items()]


def rest_prices(region: str) -> list[tuple[str, Price | None]]:
    """What a platform at rest is paid for, with the price where one has a source."""
    return [(name, price_of(name, region)) for name in AT_REST]
