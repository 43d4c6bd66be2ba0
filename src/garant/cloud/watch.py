"""Look on at a run until its execution has ended; whoever stops looking stops nothing."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from garant.cloud.account import Account
from garant.cloud.execution import Execution, describe
from garant.cloud.job_logs import DriverLog, last_lines, log_key
from garant.cloud.jobs import Job, jobs_of
from garant.cloud.platform import Batch, Store
from garant.exceptions import CloudError
from garant.failpoints import failpoint
from garant.settings import Settings
from garant.storage.s3 import Bucket

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """How a run ended.

    Parameters
    ----------
    execution : Execution
        The last start.
    jobs : tuple of Job
        Jobs of all starts.
    """

    execution: Execution
    jobs: tuple[Job, ...]

    @property
    def has_succeeded(self) -> bool:
        """Whether the state machine says so; what lies in the bucket is looked at by others."""
        return self.execution.status == "SUCCEEDED"


def watch(
    account: Account,
    batch: Batch,
    store: Store,
    execution: Execution,
    *,
    settings: Settings,
    told: Told,
    printed: Told,
) -> Watched:
    """Follow an execution to its end.

    Parameters
    ----------
    account, batch, store
        Where it runs.
    execution : Execution
        One that was started.
    settings : Settings
        How often is looked, and all about S3.
    told : callable
        Told of each change, in a line.
    printed : callable
        Given each line that the driver prints, once.
    """
    run_id, machine = execution.run_id, batch.state_machine_arn
    logs: dict[str, DriverLog] = {}
    states: dict[str, str] = {}
    told(f"{execution.name}: {execution.status.lower()}, started {execution.started:%Y-%m-%d %H:%M:%S %Z}".strip())
    with closing(Bucket(store.job_logs.bucket, settings)) as bucket:
        while True:
            # First how the execution stands, then its jobs: what is printed to the end of it is not missed.
            found = describe(account, machine, execution.name)
            if found is None:
                raise CloudError(f"{execution.name}: Step Functions knows it no longer. Run the command again.")
            jobs = [job for job in jobs_of(account, batch, run_id) if job.name == execution.name]
            for number, job in enumerate(jobs, start=1):
                if states.get(job.id) != job.state:
                    states[job.id] = job.state
                    details = f" ({job.details})" if job.details else ""
                    told(f"job {job.id}, attempt {number}: {job.state.lower()}{details}")
                key = log_key(store, batch, job.id, "stdout")
                for line in logs.setdefault(job.id, DriverLog(bucket, key)).new_lines():
                    printed(line)
            failpoint("cloud.watch")
            if not found.is_running:
                break
            time.sleep(settings.cloud_poll_seconds)
        told(f"{execution.name}: {found.status.lower()}{found.cause and f' ({found.cause})'}")
        if found.status != "SUCCEEDED":
            _explain(bucket, batch, store, jobs, printed)
    return Watched(found, tuple(jobs_of(account, batch, run_id)))


def _explain(bucket: Bucket, batch: Batch, store: Store, jobs: list[Job], printed: Told) -> None:
    """Give the end of what the last driver said of its failure."""
    if jobs:
        for line in last_lines(bucket, log_key(store, batch, jobs[-1].id, "stderr")):
            printed(line)
