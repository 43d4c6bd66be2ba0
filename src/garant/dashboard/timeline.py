"""A client's credits and payments as bars on one line of time; numbers stay text beside them."""

from dataclasses import dataclass

from garant.runs.deciding.payment_history import DAYS_A_YEAR, PaidYear, PastCredit, PaymentHistory
from garant.wording.catalogue import Wording

WIDTH = 1000
"""Of a bar's drawing, whatever its width on the screen."""

_THINNEST = 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a bar begins and how long it is, in parts of `WIDTH`."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One credit with its bar; ends in words, empty where nobody knows."""

    credit: PastCredit
    bar: Bar
    opened: str
    until: str


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of payments; the bar is the part of the instalments that was late."""

    year: PaidYear
    label: str
    bar: Bar


class Timeline:
    """Lines of a payment history.

    Parameters
    ----------
    found : PaymentHistory
        What is shown.
    words : Wording
        The language.
    most : int or None
        Credits that are shown, the latest first; all of them when None.
    """

    def __init__(self, found: PaymentHistory, words: Wording, *, most: int | None = None) -> None:
        self._words = words
        self._span = max(DAYS_A_YEAR, -found.begins)
        self.begins = words.value("days", self._span)
        self.credits = [self._credit(each) for each in found.credits[:most]]
        self.left_out = len(found.credits) - len(self.credits)
        self.years = [self._year(each) for each in found.years]

    def _credit(self, credit: PastCredit) -> CreditLine:
        end = credit.opened if credit.until is None else min(0, max(credit.until, credit.opened))
        x = WIDTH * (1 + credit.opened / self._span)
        width = max(_THINNEST, WIDTH * (end - credit.opened) / self._span)
        return CreditLine(
            credit,
            Bar(round(min(x, WIDTH - _THINNEST), 1), round(width, 1)),
            self._words.value("days", -credit.opened),
            "" if credit.until is None else self._until(credit.until),
        )

    def _until(self, day: int) -> str:
        span = self._words.value("days", abs(day))
        return self._words.text("page.raw.after", span=span) if day > 0 else span

    def _year(self, year: PaidYear) -> YearLine:
        share = year.late / year.due if year.due else 0.0
        label = self._words.text(
            "page.history.year", first=self._words.number(year.year), last=self._words.number(year.year + 1)
        )
        return YearLine(year, label, Bar(0.0, round(WIDTH * share, 1)))
