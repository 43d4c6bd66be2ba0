"""What one job may use at most: the limits of the application on EMR, and the workers that fill them.

The limits are the real stop of a bill: an alarm of AWS Budgets may come a day late.
"""

from dataclasses import dataclass

from garant.exceptions import UnknownNameError

ATTEMPTS = 2
"""Starts of one job: the first, and one more by Step Functions when it failed."""

AUTO_STOP_MINUTES = 15
"""Idle minutes after which the application stops by itself."""

DISK_GB = 20
"""Disk of a worker in gigabytes: what AWS gives without a price of its own."""


@dataclass(frozen=True)
class Worker:
    """One machine of a job: driver or executor.

    Attributes
    ----------
    vcpu : int
        1, 2, 4, 8 or 16.
    memory_gb : int
        All of it; EMR Serverless allows 8 to 30 GB with 4 vCPU and in proportion.
    heap_gb : int
        What Java takes of it; the rest is for the Python processes, where LightGBM works.
    """

    vcpu: int
    memory_gb: int
    heap_gb: int


@dataclass(frozen=True)
class Profile:
    """Limits of a job.

    Attributes
    ----------
    name : str
        How it is asked for.
    worker : Worker
        Driver and executors are alike.
    executors : int
        Executors beside the one driver; fixed, since a lost executor loses its shuffle files.
    timeout_minutes : int
        After which EMR ends the job.
    for_whom : str
        What it is meant for.
    """

    name: str
    worker: Worker
    executors: int
    timeout_minutes: int
    for_whom: str

    @property
    def vcpu(self) -> int:
        """Cores of driver and executors: the maximum capacity of the application."""
        return self.worker.vcpu * (self.executors + 1)

    @property
    def memory_gb(self) -> int:
        """Memory of driver and executors: the maximum capacity of the application."""
        return self.worker.memory_gb * (self.executors + 1)

    @property
    def disk_gb(self) -> int:
        """Disk of driver and executors."""
        return DISK_GB * (self.executors + 1)


_WORKER = Worker(vcpu=4, memory_gb=20, heap_gb=12)

PROFILES = (
    # 12 of the 16 vCPU that a new account may use at once: a driver and three executors would leave no room.
    Profile("small", _WORKER, 2, 30, "a lender of some hundred thousand applicants"),
    Profile("medium", _WORKER, 11, 60, "some millions of applicants; ask AWS for a quota of 64 vCPU first"),
    Profile("large", _WORKER, 31, 120, "some ten millions of applicants; ask AWS for a quota of 160 vCPU first"),
)
"""From the smallest to the largest; the first is the default."""

DEFAULT_PROFILE = PROFILES[0]
"""What is deployed unless it is told otherwise."""


def profile_of(name: str) -> Profile:
    """Profile of a name.

    Raises
    ------
    UnknownNameError
        When there is none.
    """
    for profile in PROFILES:
        if profile.name == name:
            return profile
    names = [profile.name for profile in PROFILES]
    raise UnknownNameError("profile", name, names, f"Known are {', '.join(names)}.")
