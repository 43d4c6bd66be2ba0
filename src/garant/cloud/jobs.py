"""Job runs of EMR: which belong to a run, how they stand, and what of them is billed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.platform import Batch

ENDED: Final = frozenset({"SUCCESS", "FAILED", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class BilledUse:
    """Resources that AWS bills, in hours.

    Parameters
    ----------
    vcpu_hours, memory_gb_hours : float
        Of all workers, each for a minute at least.
    storage_gb_hours : float
        Only what workers have beyond 20 GB each.
    """

    vcpu_hours: float = 0.0
    memory_gb_hours: float = 0.0
    storage_gb_hours: float = 0.0

    def __add__(self, other: "BilledUse") -> "BilledUse":
        return BilledUse(
            self.vcpu_hours + other.vcpu_hours,
            self.memory_gb_hours + other.memory_gb_hours,
            self.storage_gb_hours + other.storage_gb_hours,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One job run.

    Parameters
    ----------
    id, name : str
        As EMR calls it; the name is that of the execution that started it.
    state : str
        ``RUNNING``, ``SUCCESS``, …
    details : str
        What EMR says about the state.
    created : datetime
        When it was started.
    billed : BilledUse or None
        None while EMR has not said it.
    """

    id: str
    name: str
    state: str
    details: str
    created: datetime
    billed: BilledUse | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it is at work any more."""
        return self.state in ENDED


def jobs_of(account: Account, batch: Batch, run_id: str) -> list[Job]:
    """Jobs of every start of a run, in the order of their starts."""
    wanted = f"run-{run_id}-"
    listed = account.unless(
        _NONE, lambda: account.each("emr-serverless", "list_job_runs", "jobRuns", applicationId=batch.application_id)
    )
    found = [job for job in listed or () if str(job.get("name") or "").startswith(wanted)]
    return sorted((_looked_at(account, batch, job["id"]) for job in found), key=lambda job: (job.created, job.name))


_NONE: Final = frozenset({"ResourceNotFoundException"})
"""What is answered for an application that never had a job."""


def _looked_at(account: Account, batch: Batch, job_id: str) -> Job:
    answer: Any = account.ask("emr-serverless", "get_job_run", applicationId=batch.application_id, jobRunId=job_id)
    job = answer["jobRun"]
    return Job(
        id=job["jobRunId"],
        name=job.get("name") or "",
        state=job["state"],
        details=job.get("stateDetails") or "",
        created=job["createdAt"],
        billed=_billed(job.get("billedResourceUtilization")),
    )


def _billed(said: Any) -> BilledUse | None:  # noqa: ANN401 - an answer is a dictionary
    if not said:
        return None
    return BilledUse(
        float(said.get("vCPUHour") or 0), float(said.get("memoryGBHour") or 0), float(said.get("storageGBHour") or 0)
    )
