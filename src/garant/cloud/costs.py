"""What a run has cost: the use that AWS bills, times the list of prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from garant.cloud.estimate import Cost, cost_of
from garant.cloud.jobs import BilledUse, Job

LEFT_OUT: Final = (
    "Billed use leaves out workers that wait ready before a job comes; this platform keeps none. Requests, storage "
    "and what Step Functions asks per state are not in it."
)


@dataclass(frozen=True, slots=True)
class RunCost:
    """What the jobs of a run have used, and what that costs.

    Parameters
    ----------
    jobs : tuple of Job
        Of all starts and attempts.
    use : BilledUse
        Of those that AWS has billed.
    cost : Cost
        In money.
    unbilled : tuple of str
        Jobs whose use AWS has not told yet.
    """

    jobs: tuple[Job, ...]
    use: BilledUse
    cost: Cost
    unbilled: tuple[str, ...]


def run_cost(jobs: Sequence[Job], region: str) -> RunCost:
    """Sum up jobs of one run."""
    billed = [job.billed for job in jobs if job.billed is not None]
    use = sum(billed, start=BilledUse())
    unbilled = tuple(job.id for job in jobs if job.billed is None)
    return RunCost(tuple(jobs), use, cost_of(use, region), unbilled)
