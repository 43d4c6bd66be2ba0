"""Months of instalment loans here, computed plainly: per loan first where the loan matters."""

from collections import defaultdict
from collections.abc import Callable

from plain.measures import Measure, ago, cell, exceeds, largest, number, share, smallest, weighted_share
from plain.rows import Cell, History, Row, Rows, as_float, difference, latest, longest_run, over, stated

MONTH = "MONTHS_BALANCE"
ROOM = 100_000

late = exceeds("SK_DPD")


def history(rows: Rows) -> History:
    """Months of all loans of a client."""
    return History(rows, day=MONTH)


def weight(month: Row) -> int:
    """36 less the months before the application."""
    return max(36 + month[MONTH], 0)


def completed(loan: Rows) -> bool:
    """A month says that the loan was completed."""
    return any(month["NAME_CONTRACT_STATUS"] == "Completed" for month in loan)


def running(loan: Rows) -> bool:
    """Not completed, with a record of the last two months."""
    return not completed(loan) and max(month[MONTH] for month in loan) >= -2


def remaining(loan: Rows) -> int | None:
    """Instalments left by the latest month that states them."""
    return latest(loan, MONTH, cell("CNT_INSTALMENT_FUTURE"), room=ROOM)


def shortened(loan: Rows) -> bool:
    """The term became shorter than once planned."""
    terms = stated(loan, "CNT_INSTALMENT")
    return bool(terms) and min(terms) < max(terms)


def of_loans(judge: Callable[[list[Rows]], Cell]) -> Measure:
    """A measure of the loans with their months."""

    def measure(past: History, _client: Row, _window: str) -> Cell:
        loans: dict[int, Rows] = defaultdict(list)
        for month in past.newest_first:
            loans[month["SK_ID_PREV"]].append(month)
        return judge(list(loans.values()))

    return measure


def part(test: Callable[[Rows], bool], whole: Callable[[Rows], bool] = bool) -> Measure:
    """Share of the loans `whole` that pass."""

    def judge(loans: list[Rows]) -> Cell:
        judged = [loan for loan in loans if whole(loan)]
        return over(sum(map(test, judged)), len(judged))

    return of_loans(judge)


def left(loans: list[Rows]) -> Cell:
    """Instalments left on running loans."""
    return float(sum(remaining(loan) or 0 for loan in loans if running(loan)))


def left_share(loans: list[Rows]) -> Cell:
    """The same by the terms of the loans that state one."""
    found = [loan for loan in loans if running(loan) and stated(loan, "CNT_INSTALMENT")]
    told = [count for count in map(remaining, found) if count is not None]
    return over(sum(told) if told else None, sum(max(stated(loan, "CNT_INSTALMENT")) for loan in found))


def late_share_change(past: History, _: Row, window: str) -> Cell:
    """Share of late months in the window less that before it."""
    shares = [over(sum(map(late, rows)), len(rows)) for rows in (past.inside(window), past.before(window))]
    return difference(*shares)


MEASURES: dict[str, Measure] = {
    "pos_months_n": number(),
    "pos_remaining_n": of_loans(left),
    "pos_completed_share": part(completed),
    "pos_early_completed_share": part(shortened, completed),
    "pos_late_days_max": largest(cell("SK_DPD")),
    "pos_late_days_tolerant_max": largest(cell("SK_DPD_DEF")),
    "pos_late_share": share(late),
    "pos_late_loans_share": part(lambda loan: any(map(late, loan))),
    "pos_last_late_months": smallest(ago(MONTH), late),
    "pos_loans_n": of_loans(lambda loans: float(len(loans))),
    "pos_running_share": part(running),
    "pos_remaining_share": of_loans(left_share),
    "pos_weighted_late_share": weighted_share(weight, late),
    "pos_late_share_change": late_share_change,
    "pos_late_streak_max": of_loans(
        lambda loans: as_float(max(longest_run(m[MONTH] for m in loan if late(m)) for loan in loans))
    ),
}
