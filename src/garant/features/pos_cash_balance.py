"""Monthly records of instalment loans here: delays and what is left to pay, first per loan, then per client."""

from garant.features import pos_recency
from garant.features.aggregates import days_before, latest, share
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.recency import weight_by_months
from garant.features.streaks import longest_runs
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_6, MONTHS_12, MONTHS_24, Window
from garant.tables.expressions import Rows, Value
from garant.tables.point_in_time import known

_LOANS = Topic(table="POS_CASH_balance", prefix="pos", family="current_loans")
_LATE = Topic(table="POS_CASH_balance", prefix="pos", family="late_payments", sign=Sign.RAISES)

_WINDOWS = (MONTHS_6, MONTHS_12, MONTHS_24, ALL)


def group() -> FeatureGroup:
    """Features of the table POS_CASH_balance."""
    loan = loans_with_months()
    return FeatureGroup(
        name="POS_CASH_balance",
        tables=("application", "POS_CASH_balance"),
        relation=loan,
        features=(*features(loan), *pos_recency.features(loan)),
    )


def loans_with_months() -> Rows:
    """One row per client and loan: months, late months and delays per window and by weight, and its latest record."""
    month = known("POS_CASH_balance")
    late = month.SK_DPD > 0
    columns: dict[str, Value] = {}
    for window in _WINDOWS:
        inside = window.covers(month.MONTHS_BALANCE)
        columns[f"months_{window}"] = month.count(where=inside)
        columns[f"late_{window}"] = month.count(where=inside & late)
        columns[f"worst_{window}"] = month.SK_DPD.max(where=inside)
        columns[f"worst_tolerant_{window}"] = month.SK_DPD_DEF.max(where=inside)
    weight = weight_by_months(month.MONTHS_BALANCE)
    loan: Rows = month.group_by("SK_ID_CURR", "SK_ID_PREV").aggregate(
        **columns,
        weight=weight.sum(),
        weight_late=weight.sum(where=late),
        last_month=month.MONTHS_BALANCE.max(),
        last_late=month.MONTHS_BALANCE.max(where=late),
        completed=month.count(where=month.NAME_CONTRACT_STATUS == "Completed"),
        longest_term=month.CNT_INSTALMENT.max(),
        shortest_term=month.CNT_INSTALMENT.min(),
        remaining=latest(month.CNT_INSTALMENT_FUTURE, month.MONTHS_BALANCE, ALL.covers(month.MONTHS_BALANCE)),
    )
    runs = longest_runs(month.filter(late), ["SK_ID_CURR", "SK_ID_PREV"], "SK_DPD")
    late_runs = runs.rename(client_in_run="SK_ID_CURR", loan_in_run="SK_ID_PREV")
    same_loan = [late_runs.client_in_run == loan.SK_ID_CURR, late_runs.loan_in_run == loan.SK_ID_PREV]
    return loan.left_join(late_runs, same_loan)


def features(loan: Rows) -> tuple[Feature, ...]:
    """Features of instalment loans here."""
    return (
        *(months_n(loan, window) for window in (MONTHS_12, ALL)),
        remaining_n(loan, ALL),
        completed_share(loan, ALL),
        early_completed_share(loan, ALL),
        *(late_days_max(loan, window) for window in _WINDOWS),
        *(late_days_tolerant_max(loan, window) for window in (MONTHS_12, MONTHS_24, ALL)),
        *(late_share(loan, window) for window in (MONTHS_12, MONTHS_24, ALL)),
        late_loans_share(loan, ALL),
        last_late_months(loan, ALL),
    )


def months_n(loan: Rows, window: Window) -> Feature:
    """Monthly records of instalment loans in the window."""
    return _LOANS.feature("months_n", Unit.COUNT, number(loan[f"months_{window}"].sum()), window=window)


def remaining_n(loan: Rows, window: Window) -> Feature:
    """Instalments left on the loans that still run; 0 when none does."""
    left = loan.remaining.sum(where=pos_recency.is_running(loan)).coalesce(0)
    return _LOANS.feature("remaining_n", Unit.COUNT, number(left), window=window)


def completed_share(loan: Rows, window: Window) -> Feature:
    """Share of the instalment loans that were completed; no direction is certain, a loan that runs may run well."""
    completed = share(loan, loan.completed > 0, loan[f"months_{window}"] > 0)
    return _LOANS.feature("completed_share", Unit.SHARE, completed, window=window)


def early_completed_share(loan: Rows, window: Window) -> Feature:
    """Share of the completed instalment loans whose term became shorter than once planned."""
    early = share(loan, loan.shortest_term < loan.longest_term, loan.completed > 0)
    return _LOANS.feature("early_completed_share", Unit.SHARE, early, window=window, missing=Missing.NOT_APPLICABLE)


def late_days_max(loan: Rows, window: Window) -> Feature:
    """Worst days past due of a month in the window; 0 when never late."""
    return _LATE.feature("late_days_max", Unit.DAYS, number(loan[f"worst_{window}"].max()), window=window)


def late_days_tolerant_max(loan: Rows, window: Window) -> Feature:
    """Worst days past due of a month, where the lender tolerates small amounts."""
    worst = number(loan[f"worst_tolerant_{window}"].max())
    return _LATE.feature("late_days_tolerant_max", Unit.DAYS, worst, window=window)


def late_share(loan: Rows, window: Window) -> Feature:
    """Share of the months in the window that were late."""
    late = ratio(loan[f"late_{window}"].sum(), loan[f"months_{window}"].sum())
    return _LATE.feature("late_share", Unit.SHARE, late, window=window)


def late_loans_share(loan: Rows, window: Window) -> Feature:
    """Share of the instalment loans with a late month."""
    late = share(loan, loan[f"late_{window}"] > 0, loan[f"months_{window}"] > 0)
    return _LATE.feature("late_loans_share", Unit.SHARE, late, window=window)


def last_late_months(loan: Rows, window: Window) -> Feature:
    """Months since the latest late month; NULL when there was none. Longer ago is safer."""
    months = number(days_before(loan.last_late.max()))
    return _LATE.feature(
        "last_late_months", Unit.MONTHS, months, window=window, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE
    )
