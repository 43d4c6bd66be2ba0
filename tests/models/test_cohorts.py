"""Cohorts by month and quarter."""

import math

import numpy as np
import pytest

from garant.models.cohorts import Period, cohorts

DATES = np.array(["2025-12-31", "2026-01-01", "2026-02-10", "2026-03-31", "2026-04-01"], dtype="datetime64[D]")
LABEL = np.array([0, 0, 1, 0, 1], dtype=np.int8)
PD = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
MATURE = np.array([True, True, True, True, False])


def test_quarters_are_those_of_the_calendar_in_order_of_time() -> None:
    found = cohorts(DATES, LABEL, PD, mature=MATURE)
    assert [c.period for c in found] == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert [(c.rows, c.positives, c.immature) for c in found] == [(1, 0, 0), (3, 1, 0), (0, 0, 1)]


def test_a_cohort_tells_promised_and_seen_rate_and_ranking() -> None:
    first = cohorts(DATES, LABEL, PD, mature=MATURE)[1]
    assert first.mean_pd == pytest.approx(0.3)
    assert first.observed == pytest.approx(1 / 3)
    assert first.auc == pytest.approx(0.5)


def test_a_cohort_without_mature_outcomes_tells_no_rate() -> None:
    last = cohorts(DATES, LABEL, PD, mature=MATURE)[-1]
    assert math.isnan(last.mean_pd)
    assert math.isnan(last.observed)
    assert math.isnan(last.auc)


def test_months_are_named_by_year_and_month() -> None:
    found = cohorts(DATES, LABEL, PD, mature=MATURE, period=Period.MONTH)
    assert [c.period for c in found] == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
