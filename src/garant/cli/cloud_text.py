"""What commands of the cloud print: plans, uses, prices."""

from collections.abc import Mapping
from typing import Final

from garant.cli.show import Cell
from garant.cloud.costs import LEFT_OUT, RunCost
from garant.cloud.estimate import Cost, Estimate, cost_of
from garant.cloud.jobs import BilledUse
from garant.cloud.prices import remarks
from garant.cloud.profiles import ATTEMPTS
from garant.storage import Json

_HOW: Final = (
    "The upper bound follows from the limits of the profile and does not depend on the data. What is expected was "
    "reckoned from paces of one machine of two cores; nothing of it was tried on an account of AWS."
)


def usd(cost: Cost) -> str:
    """An amount as it is read; a hint from another region is marked as one."""
    if cost.usd is None:
        return "unknown"
    return f"{cost.usd:.2f} USD" + (" (price of another region)" if cost.is_hint else "")


def plan_rows(planned: Estimate, region: str) -> list[dict[str, Cell]]:
    """Rows of a plan: what it costs at most, and what is expected."""
    minutes = planned.profile.timeout_minutes
    return [
        _row(f"at most: {ATTEMPTS} attempts of {minutes} min", planned.most, region),
        _row(f"expected: one attempt of {planned.seconds / 60:.0f} min", planned.expected, region),
    ]


def plan_document(planned: Estimate, region: str, *, run_id: str | None) -> dict[str, Json]:
    """A plan as JSON."""
    return {
        "run_id": run_id,
        "profile": planned.profile.name,
        "region": region,
        "fits": not planned.obstacles,
        "obstacles": list(planned.obstacles),
        "minutes": round(planned.seconds / 60, 1),
        "at_most": _use_document(planned.most, region),
        "expected": _use_document(planned.expected, region),
        "remarks": plan_remarks(planned, region),
    }


def plan_remarks(planned: Estimate, region: str) -> list[str]:
    """What must stand below a plan."""
    return [
        *remarks(cost_of(planned.most, region).prices),
        _HOW,
    ]


def cost_rows(spent: RunCost, region: str) -> list[dict[str, Cell]]:
    """Rows of what a run has used: each job, then all of them."""
    rows = [_row(f"{job.id} ({job.state.lower()})", job.billed or BilledUse(), region) for job in spent.jobs]
    return [*rows, _row("all", spent.use, region)] if len(rows) > 1 else rows


def cost_document(spent: RunCost, region: str, *, run_id: str) -> dict[str, Json]:
    """What a run has used as JSON."""
    return {
        "run_id": run_id,
        "region": region,
        "jobs": [{"job": job.id, "state": job.state, "name": job.name} for job in spent.jobs],
        "billed": _use_document(spent.use, region),
        "unbilled": list(spent.unbilled),
        "remarks": cost_remarks(spent),
    }


def cost_remarks(spent: RunCost) -> list[str]:
    """What must stand below what a run has used."""
    waiting = f"AWS has not told the use of {', '.join(spent.unbilled)} yet: it is not in this sum."
    return [*([waiting] if spent.unbilled else []), *remarks(spent.cost.prices), LEFT_OUT]


def _row(what: str, use: BilledUse, region: str) -> dict[str, Cell]:
    return {
        "what": what,
        "vCPU-hours": f"{use.vcpu_hours:.3f}",
        "GB-hours": f"{use.memory_gb_hours:.3f}",
        "price": usd(cost_of(use, region)),
    }


def _use_document(use: BilledUse, region: str) -> Mapping[str, Json]:
    cost = cost_of(use, region)
    return {
        "vcpu_hours": use.vcpu_hours,
        "memory_gb_hours": use.memory_gb_hours,
        "storage_gb_hours": use.storage_gb_hours,
        "usd": None if cost.usd is None else round(cost.usd, 4),
        "is_price_of_another_region": cost.is_hint,
    }
