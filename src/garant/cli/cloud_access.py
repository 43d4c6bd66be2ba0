"""How commands of the cloud reach the account: platform, run, environment."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from garant.cli.printable import printable
from garant.exceptions import UsageError
from garant.settings import Settings, load_settings

if TYPE_CHECKING:
    from garant.cloud.account import Account
    from garant.cloud.environment import Environment
    from garant.cloud.platform import Batch, Store

_RUN_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Cloud:
    """The platform as a command finds it."""

    settings: Settings
    account: "Account"
    store: "Store"
    batch: "Batch"


def opened_account(region: str | None) -> "tuple[Settings, Account]":
    """Open the account, refused outside the European Union; settings of storage are then those of its region."""
    from garant.cloud.account import open_account

    settings = load_settings()
    account = open_account(settings, region=region)
    return settings.model_copy(update={"s3_region": account.region}), account


def opened_cloud(region: str | None) -> Cloud:
    """Open the account and find out what is deployed there."""
    from garant.cloud.platform import find_batch, find_store

    settings, account = opened_account(region)
    return Cloud(settings, account, find_store(account), find_batch(account))


def run_id_of(cloud: Cloud, run: str | None) -> str:
    """Id of a run that was typed, else of the one that was started last."""
    from garant.cloud.execution import latest_run

    if run is not None:
        if not _RUN_ID.fullmatch(run):
            raise UsageError(f"{run}: is no id of a run, which has 16 hexadecimal digits.")
        return run
    found = latest_run(cloud.account, cloud.batch.state_machine_arn)
    if found is None:
        raise UsageError("No run was started here yet. Start one: garant cloud run --bundle MODEL")
    return found


def environment_of(asked: str | None, cloud: Cloud) -> "Environment":
    """Environment of the job: a file that is sent once, or one that lies there."""
    from garant.cloud.environment import find_environment, send_environment

    if asked is not None and Path(asked).exists():
        environment, is_new = send_environment(Path(asked), cloud.store, cloud.settings)
        tell(f"Environment {environment.digest[:12]}: {'sent' if is_new else 'was there already'}.")
        return environment
    return find_environment(asked, cloud.store, cloud.settings)


def tell(text: str) -> None:
    """Say on stderr what goes on."""
    print(printable(text), file=sys.stderr, flush=True)
