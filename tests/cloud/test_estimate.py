"""The upper bound follows from the limits; what does not fit is refused with the profile that it fits."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from garant.cloud import estimate as module
from garant.cloud.estimate import Load, cost_of, estimate, expected_seconds, fitting_profile, use_of
from garant.cloud.jobs import BilledUse
from garant.cloud.profiles import PROFILES, profile_of

SMALL = profile_of("small")
PUBLIC = Load(rows=58_408_272, applicants=356_255, parents=3_700_000, raw_bytes=2_600_000_000)
"""About the size of the competition's portfolio."""


def test_the_bound_is_limits_times_price_times_attempts() -> None:
    planned = estimate(SMALL, PUBLIC)
    assert planned.most == BilledUse(vcpu_hours=12.0, memory_gb_hours=60.0)
    bound = cost_of(planned.most, "eu-west-3")
    assert bound.usd == pytest.approx(12 * 0.06318 + 60 * 0.00689)
    assert not bound.is_hint
    assert estimate(SMALL, replace(PUBLIC, rows=1)).most == planned.most, "whatever the data"


def test_the_public_portfolio_fits_small_and_takes_some_minutes() -> None:
    planned = estimate(SMALL, PUBLIC)
    assert planned.obstacles == ()
    assert 4 < planned.seconds / 60 < 10
    assert planned.expected == use_of(SMALL, planned.seconds)


def test_the_paces_are_those_that_were_measured(project: Path) -> None:
    results = project / "benchmarks" / "results"
    spark = json.loads((results / "spark.json").read_text())
    explain = json.loads((results / "explain.json").read_text())
    paces = spark["whole_job"]["extrapolated"]["paces"]
    assert module.SPARK.vcpu_s_per_row == paces["spark"]["score"]["vcpu_s_per_row"]
    assert pytest.approx(paces["duckdb"]["check"]["vcpu_s_per_row"], rel=0.02) == module.CHECK_VCPU_S_PER_ROW
    assert pytest.approx(explain["numbers"]["cpu_ms_per_row"]["kernel_1000"] / 1000, rel=0.02) == module.EXPLAIN_VCPU_S
    assert pytest.approx(spark["projection"]["garant"]["cpu_s"] / 40_000, rel=0.02) == module.PCA_VCPU_S


@pytest.mark.parametrize(
    ("load", "obstacle", "fits"),
    [
        (replace(PUBLIC, rows=600_000_000), "time: about", "medium"),
        (replace(PUBLIC, applicants=150_000_000), "time: about", "medium"),
        (replace(PUBLIC, raw_bytes=26_000_000_000), "disk: the driver brings 26.0 GB", None),
        (replace(PUBLIC, rows=6_000_000_000), "executors keeps about", "large"),
        (replace(PUBLIC, parents=400_000_000), "memory: ids of parents", None),
    ],
    ids=["time", "applicants", "driver's disk", "executors' disk", "memory"],
)
def test_what_does_not_fit_is_named_and_so_is_what_would_hold_it(load: Load, obstacle: str, fits: str | None) -> None:
    assert any(obstacle in text for text in estimate(SMALL, load).obstacles)
    found = fitting_profile(load)
    assert (found.name if found is not None else None) == fits


def test_a_larger_profile_is_done_earlier_and_reasons_take_time() -> None:
    times = [expected_seconds(profile, PUBLIC) for profile in PROFILES]
    assert times == sorted(times, reverse=True)
    assert expected_seconds(SMALL, replace(PUBLIC, explain="none")) < times[0]


def test_a_region_without_a_price_gives_a_hint_that_is_marked() -> None:
    cost = cost_of(BilledUse(1.0, 5.0), "eu-south-1")
    assert cost.is_hint
    assert cost.usd == pytest.approx(0.06318 + 5 * 0.00689)
    assert cost_of(BilledUse(1.0, 5.0, 10.0), "eu-west-3").usd == pytest.approx(0.06318 + 5 * 0.00689 + 10 * 0.000129)
    assert cost_of(BilledUse(), "eu-west-3").usd == 0
