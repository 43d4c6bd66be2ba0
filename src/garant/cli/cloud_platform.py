"""`garant cloud deploy | status | stop | destroy`: the platform in an account, and what of it costs money."""

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.cloud_platform_text import cost_row, say_deployment, say_status
from garant.cli.confirmation import require_name, require_yes
from garant.cli.parameters import LOCAL, OutputOption
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import Settings, load_settings

if TYPE_CHECKING:
    from garant.cloud.account import Account
    from garant.cloud.work import Ended

RegionOption = Annotated[
    str | None,
    Parameter(name="--region", help="Region of the European Union; AWS_REGION or that of the AWS profile by default."),
]
YesOption = Annotated[bool, Parameter(name="--yes", negative="", help="Do not ask.")]


def deploy_cloud(  # noqa: PLR0913 - one parameter per option of the command
    *,
    region: RegionOption = None,
    profile: Annotated[
        Literal["small", "medium", "large"] | None,
        Parameter(help="What one job may use at most: 12, 48 or 128 vCPU; small at first."),
    ] = None,
    serving: Annotated[
        bool,
        Parameter(negative="", help="Deploy the decision service too; it is paid by the hour until `stop --serving`."),
    ] = False,
    mail: Annotated[str | None, Parameter(help="Address that alarms and the budget are told to.")] = None,
    budget: Annotated[
        int | None, Parameter(help="US dollars a month after which the budget warns; it stops nothing. 50 at first.")
    ] = None,
    schedule: Annotated[
        Path | None,
        LOCAL,
        Parameter(help="JSON with `expression` and `run`: score by itself at these times. Off without it."),
    ] = None,
    notebooks: Annotated[
        bool | None, Parameter(help="Let notebooks of EMR Studio use the application. Off at first.")
    ] = None,
    github: Annotated[str | None, Parameter(help="Repository owner/name whose workflows may deploy.")] = None,
    set_: Annotated[
        tuple[str, ...],
        Parameter(
            name="--set",
            negative="",
            consume_multiple=False,
            help="Tell the templates NAME=VALUE; repeat for several: serving_image, serving_host and others.",
        ),
    ] = (),
    plan: Annotated[bool, Parameter(negative="", help="Print the commands, and run none.")] = False,
    yes: YesOption = False,
) -> int:
    """Deploy the platform into an account of AWS, in a region of the European Union.

    Says whose account it is and what it will cost at rest, and asks. Then AWS CDK makes four stacks at most: Data
    (buckets, key), Guard (permissions boundary, budget, alarms), Batch (EMR Serverless, state machine) and, only with
    --serving, Serving. What is not said stays as the last deployment said it; `--set mail=` lets go of it.

    Broken off, it may be run again: CloudFormation goes on where it stands. It needs the sources of garant and
    `pip install -e '.[aws,deploy]'`; AWS CDK's own program is fetched from npm.

    Example: garant cloud deploy --region eu-west-3 --plan
    """
    from garant.cloud.account import open_account
    from garant.cloud.deployment import deploy, planned
    from garant.cloud.told import entries

    settings = load_settings()
    account = open_account(settings, region=region)
    given = {
        "profile": profile,
        "mail": mail,
        "budget": None if budget is None else str(budget),
        # The CDK works in another folder.
        "schedule": None if schedule is None else str(schedule.resolve()),
        "interactive": None if notebooks is None else str(notebooks).lower(),
        "github": github,
    }
    now = entries(set_) | {name: value for name, value in given.items() if value is not None}
    deployment = planned(account, now=now, serving=serving, output=_templates(settings, account))
    if plan:
        # The first one only compares.
        for command in (deployment.cdk.diff(deployment.stacks), *deployment.commands(asks=not yes)):
            say(shlex.join(command))
        return 0
    say_deployment(deployment)
    require_yes(f"Deploy into account {account.id}, region {account.region}?", given=yes)
    deploy(deployment, asks=not yes, telling=say)
    say("Deployed. What it costs at rest: garant cloud status. Next: garant cloud upload DATA")
    return 0


def status_cloud(*, region: RegionOption = None, output: OutputOption = "table") -> int:
    """List what is deployed and everything of it that costs money, with the price of a month.

    Everything is looked up in the account: by the tag of the stacks and by their names, so also what was left when a
    stack went. Buckets are counted version by version. A price without a source for the region is never made up: it
    says "no source", and its cost comes on top of the sum.

    Exit codes: 0 nothing costs, or only storage and the key do; 1 something works or stands ready and is paid for, or
    something could not be looked at.

    Example: garant cloud status --output json
    """
    from garant.cloud.account import open_account
    from garant.cloud.stacks import deployed_stacks
    from garant.cloud.standing.inventory import standing_things
    from garant.cloud.standing_costs import monthly_cost, totals

    account = open_account(load_settings(), region=region)
    stacks = list(deployed_stacks(account).values())
    unseen: list[str] = []
    with step_progress() as looking:
        things = standing_things(account, looking=looking, unseen=unseen)
    costs = [monthly_cost(thing, account.region) for thing in things]
    sums = totals(costs)
    rows = [cost_row(cost) for cost in costs]
    if output == "json":
        listed = [{"name": stack.name, "status": stack.status} for stack in stacks]
        place = {"account": account.id, "region": account.region, "stacks": listed}
        print_json({**place, "things": rows, "totals": asdict(sums), "unseen": unseen})
    elif output == "csv":
        print_rows(rows, output=output)
    else:
        say_status(account, stacks, costs, sums)
    for what in unseen:
        warn(f"not looked at, and it may cost: {what}")
    return 1 if sums.works or unseen else 0


def stop_cloud(
    *,
    region: RegionOption = None,
    serving: Annotated[
        bool, Parameter(negative="", help="End the decision service too; its record of decisions stays as a snapshot.")
    ] = False,
    yes: YesOption = False,
    output: OutputOption = "table",
) -> int:
    """Stop what works: executions, jobs, the application; with --serving the decision service.

    Waits until AWS says that it has ended. A job that is ended leaves its attempt without COMMITTED, so nothing reads
    it; running it again begins a new one.

    --serving deletes stack Serving, since nothing less ends its price: with no task and a stopped database, load
    balancer, endpoints and disk are paid on, and RDS starts a stopped database again after 7 days. Before that its
    template is looked at: what would not leave a copy of the database, its key and its secrets is refused. The copy is
    listed by `status`.

    Example: garant cloud stop --serving
    """
    from garant.cloud.account import open_account
    from garant.cloud.serving_end import stop_serving
    from garant.cloud.work import stop_work

    account = open_account(load_settings(), region=region)
    if serving:
        where = f"account {account.id}, region {account.region}"
        require_yes(f"Delete the decision service in {where}? Its record of decisions stays as a snapshot.", given=yes)
    ended: list[Ended] = []
    with step_progress() as progress:
        ended += stop_work(account, waiting=lambda what: progress(f"Waiting: {what}", 0, 1))
        if serving:
            ended += stop_serving(account, waiting=lambda what: progress(f"Waiting: {what}", 0, 1))
    print_rows([asdict(one) for one in ended], output=output)
    if output == "table":
        say(f"{len(ended)} ended. What still costs money: garant cloud status" if ended else "Nothing works there.")
    return 0


def destroy_cloud(
    *,
    region: RegionOption = None,
    data: Annotated[
        bool,
        Parameter(negative="", help="Remove the data too: every bucket with every version, and what else was kept."),
    ] = False,
    confirm: Annotated[
        str | None, Parameter(help="Name of stack Data, typed beforehand, where there is no terminal to ask at.")
    ] = None,
    plan: Annotated[bool, Parameter(negative="", help="Print the command, and run nothing.")] = False,
    yes: YesOption = False,
) -> int:
    """Remove every stack but Data; with --data everything that garant keeps in the account.

    Without --data the buckets, their key and the copy of the record of decisions stay, and so does their price: see
    `garant cloud status`. With --data they are removed as well, and nothing brings them back: it counts what they hold
    and asks for the name of the stack to be typed. A key is gone after 7 days, in which KMS can still be told to keep
    it; it costs nothing while it waits.

    Broken off, it goes on where it stood when it is run again.

    Example: garant cloud destroy --data
    """
    from garant.cloud.account import open_account
    from garant.cloud.deployment import cdk_for
    from garant.cloud.destruction import destroy_data, destroy_stacks, stacks_to_destroy
    from garant.cloud.names import DATA, SERVING
    from garant.cloud.told import told_before, without_files

    settings = load_settings()
    account = open_account(settings, region=region)
    stacks = stacks_to_destroy(account, data=data)
    # Without a stack nothing of AWS CDK is needed, as when a removal of data goes on that broke off.
    cdk = None
    if stacks:
        # Nothing is made of them any more: that a file of the schedule is elsewhere must not matter.
        told = without_files(told_before(account, dict.fromkeys(stacks)))
        output = _templates(settings, account)
        cdk = cdk_for(account, context=told, serving=SERVING in stacks, output=output)
    if plan:
        if cdk is not None:
            say(shlex.join(cdk.destroy(stacks)))
        return 0
    where = f"account {account.id}, region {account.region}"
    if data:
        if not _say_kept(account):
            say(f"Nothing of garant is left in {where}.")
        require_name(f"Remove all of it from {where}, for good?", name=DATA, given=confirm)
    elif not stacks:
        say(f"No stack but Data is left in {where}. What still costs money: garant cloud status")
        return 0
    else:
        require_yes(f"Remove {', '.join(stacks)} from {where}? {DATA} stays.", given=yes)
    if cdk is not None:
        destroy_stacks(account, cdk, stacks, telling=say)
    if data:
        ended = destroy_data(account, telling=say)
        say(f"{len(ended)} things removed. Nothing of garant is left in {where}; see garant cloud status.")
    else:
        say("Removed. Data stay, with their price: garant cloud status")
    return 0


def _templates(settings: Settings, account: "Account") -> Path:
    """Folder where AWS CDK puts templates; kept, so that they can be looked at."""
    return settings.cache_folder / "cloud" / f"{account.id}-{account.region}"


def _say_kept(account: "Account") -> bool:
    """Say what would be lost; return whether there is anything."""
    from garant.cloud.standing.inventory import standing_things

    with step_progress() as looking:
        things = standing_things(account, looking=looking)
    for thing in things:
        say(f"{thing.kind} {thing.label}: {thing.state}" + (f" ({thing.remark})" if thing.remark else ""))
    return bool(things)
