"""What a job will cost at most and probably, and whether it fits the limits of its profile.

The upper bound follows from the limits alone. What is expected follows from rows and measured paces
(benchmarks/results/spark.json, explain.json: one machine of two cores); clusters were not measured, and above 58
million rows everything is a straight line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from garant.cloud.jobs import BilledUse
from garant.cloud.prices import Price, price_or_hint
from garant.cloud.profiles import ATTEMPTS, DISK_GB, PROFILES, Profile
from garant.runs.engine_choice import SPARK
from garant.runs.score_rows import Explain

GB: Final = 1e9

START_S: Final = 120.0
"""Workers come within one to two minutes, as reported in public; they are billed meanwhile."""

CHECK_VCPU_S_PER_ROW: Final = 5.3e-7
"""Reading raw tables, which the driver does alone while the executors wait: measured with DuckDB."""

EXPLAIN_VCPU_S: Final = 5.4e-5
"""Reasons of one applicant, compiled (numba), by 500 trees of 31 leaves and 300 columns."""

PCA_VCPU_S: Final = 5.1e-5
"""Components of one applicant of 300 columns."""

COPIES_ON_DRIVER: Final = 1.5
"""Raw tables and the accepted ones lie on the driver's disk together; accepted ones took up to half as much."""

SHUFFLE_BYTES_PER_ROW: Final = 100.0
"""What executors keep of a row on disk: assumed, not measured."""

ID_BYTES: Final = 24.0
"""An id of a parent in the driver's memory: 8 bytes, and two copies on its way to the workers. Assumed."""

TIME_MARGIN: Final = 1.5
"""So much longer than expected a job may take and still counts as fitting: the paces are those of another machine."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do.

    Parameters
    ----------
    rows : int
        Rows of all tables.
    applicants : int
        Rows of the application table.
    parents : int
        Rows of tables to whose ids others refer.
    raw_bytes : int
        Bytes of the raw files.
    explain : {"refused", "all", "none"}
        Who gets reasons.
    """

    rows: int
    applicants: int
    parents: int
    raw_bytes: int
    explain: Explain = "all"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job takes.

    Parameters
    ----------
    profile : Profile
        Its limits.
    most : BilledUse
        Limits × attempts: what no job exceeds.
    seconds : float
        Expected duration of one attempt.
    expected : BilledUse
        Expected use.
    obstacles : tuple of str
        Why it does not fit; empty when it does.
    """

    profile: Profile
    most: BilledUse
    seconds: float
    expected: BilledUse
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """A use in money.

    Parameters
    ----------
    usd : float or None
        US dollars; None where no price is known at all.
    prices : tuple of Price
        What it was reckoned with.
    """

    usd: float | None
    prices: tuple[Price, ...]

    @property
    def is_hint(self) -> bool:
        """Whether a price of another region was taken, so that this is none of the region asked about."""
        return any(price.is_foreign for price in self.prices)


def estimate(profile: Profile, load: Load) -> Estimate:
    """What a job takes with a profile."""
    seconds = expected_seconds(profile, load)
    return Estimate(
        profile=profile,
        most=use_of(profile, 60.0 * profile.timeout_minutes * ATTEMPTS),
        seconds=seconds,
        expected=use_of(profile, seconds),
        obstacles=tuple(_obstacles(profile, load, seconds)),
    )


def fitting_profile(load: Load) -> Profile | None:
    """Smallest profile that a job fits; None when it fits none."""
    return next((profile for profile in PROFILES if not estimate(profile, load).obstacles), None)


def expected_seconds(profile: Profile, load: Load) -> float:
    """How long one attempt is expected to take."""
    explained = {"all": 1.0, "refused": 1.0, "none": 0.0}[load.explain] * load.applicants
    on_driver = load.rows * CHECK_VCPU_S_PER_ROW / profile.worker.vcpu
    shared = load.rows * SPARK.vcpu_s_per_row + explained * EXPLAIN_VCPU_S + load.applicants * PCA_VCPU_S
    return START_S + SPARK.start_s + on_driver + shared / (profile.worker.vcpu * profile.executors)


def use_of(profile: Profile, seconds: float) -> BilledUse:
    """Use of all workers of a profile for a time; disks of 20 GB are free."""
    hours = seconds / 3600
    return BilledUse(profile.vcpu * hours, profile.memory_gb * hours)


def cost_of(use: BilledUse, region: str) -> Cost:
    """What a use costs in a region, or would in another one where no price is known."""
    parts = {"emr_vcpu": use.vcpu_hours, "emr_memory": use.memory_gb_hours, "emr_storage": use.storage_gb_hours}
    total, prices = 0.0, list[Price]()
    for name, amount in parts.items():
        if not amount:
            continue
        price = price_or_hint(name, region)
        if price is None:
            return Cost(None, tuple(prices))
        total += amount * price.usd
        prices.append(price)
    return Cost(total, tuple(prices))


def _obstacles(profile: Profile, load: Load, seconds: float) -> Iterator[str]:
    minutes, limit = TIME_MARGIN * seconds / 60, profile.timeout_minutes
    if minutes > limit:
        yield (
            f"time: about {seconds / 60:.0f} minutes are expected, {minutes:.0f} with a margin; EMR stops at {limit}"
        )
    on_driver = COPIES_ON_DRIVER * load.raw_bytes / GB
    if on_driver > DISK_GB:
        yield (
            f"disk: the driver brings {load.raw_bytes / GB:.1f} GB of raw tables and what is accepted of them, about "
            f"{on_driver:.0f} GB; its disk holds {DISK_GB} (compressed or Parquet tables take less)"
        )
    kept = load.rows * SHUFFLE_BYTES_PER_ROW / profile.executors / GB
    if kept > DISK_GB:
        yield f"disk: each of {profile.executors} executors keeps about {kept:.0f} GB; its disk holds {DISK_GB}"
    ids, beside = load.parents * ID_BYTES / GB, profile.worker.memory_gb - profile.worker.heap_gb
    if ids > beside / 2:
        yield f"memory: ids of parents take about {ids:.0f} GB of the driver, of {beside} beside its heap half is free"
