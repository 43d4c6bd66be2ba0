"""Moves of the loan asked for: a smaller purchase, a larger down-payment, a longer term."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from garant.exceptions import UsageError
from garant.explanations.moves.cells import amount_of, one, scaled, thousandths, units, with_application
from garant.explanations.moves.move import NO_TERM, NOT_OFFERED, NOT_STATED, OTHER_PRODUCT, Change, Offer
from garant.explanations.moves.round_steps import falling, rising
from garant.explanations.moves.terms import DownPayment, LongerTerm, SmallerPurchase
from garant.tables.variants import ClientRows

MONTHS_A_YEAR = 12

_PRODUCT = "NAME_CONTRACT_TYPE"

_BASIS = {True: "the price of the goods", False: "the credit"}

_Offered = SmallerPurchase | DownPayment | LongerTerm


@dataclass(frozen=True, slots=True)
class Asked:
    """The loan asked for, in thousandths.

    Parameters
    ----------
    goods : int or None
        Price of the goods, where one is stated.
    credit, annuity : int
        Amount and instalment.
    """

    goods: int | None
    credit: int
    annuity: int

    @classmethod
    def of(cls, rows: ClientRows) -> "Asked | None":
        """The loan that the application states; None without amount or instalment."""
        credit, annuity = amount_of(rows, "AMT_CREDIT"), amount_of(rows, "AMT_ANNUITY")
        if credit is None or annuity is None:
            return None
        return cls(amount_of(rows, "AMT_GOODS_PRICE"), credit, annuity)


@dataclass(frozen=True, slots=True)
class LoanColumns:
    """Writes the loan into the application, and what follows from it.

    Parameters
    ----------
    charges : str or None
        The lender's column with the person's charges. They include the instalment asked for, so they fall by as much
        as it does; where they are smaller than it they cannot include it, and stay.
    """

    charges: str | None = None

    def touches(self, *columns: str) -> Mapping[str, frozenset[str]]:
        """These columns and that of the charges."""
        return {"application": frozenset({*columns, *([self.charges] if self.charges else [])})}

    def written(self, rows: ClientRows, before: Asked, after: Asked) -> ClientRows:
        """Rows of a person who asks for the loan `after` instead of `before`."""
        cells: dict[str, int] = {}
        if after.goods is not None and after.goods != before.goods:
            cells["AMT_GOODS_PRICE"] = after.goods
        if after.credit != before.credit:
            cells["AMT_CREDIT"] = after.credit
        if after.annuity != before.annuity:
            cells["AMT_ANNUITY"] = after.annuity
        charges = amount_of(rows, self.charges) if self.charges else None
        if self.charges and self.charges not in cells and charges is not None and charges >= before.annuity:
            cells[self.charges] = charges - before.annuity + after.annuity
        return with_application(rows, cells)


@dataclass(frozen=True, slots=True)
class SmallerPurchaseMove:
    """Goods, credit and instalment fall together; the amount is the new price, or the new credit where no price is."""

    terms: SmallerPurchase
    columns: LoanColumns
    name: str = "smaller-purchase"

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """The three amounts of the loan."""
        return self.columns.touches("AMT_GOODS_PRICE", "AMT_CREDIT", "AMT_ANNUITY")

    def offer(self, rows: ClientRows) -> Offer:
        """Round prices below the present one."""
        asked = _asked_or_why(rows, self.terms)
        if isinstance(asked, str):
            return Offer((), asked)
        now = units(asked.goods or asked.credit)
        return Offer(falling(now, now * self.terms.least_share, most=self.terms.steps))

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows of a purchase of `amount`."""
        asked = _asked(self.name, rows, self.terms)
        now = units(asked.goods or asked.credit)
        least = now * self.terms.least_share
        if not least <= amount < now:
            raise UsageError(
                f"{self.name}={amount:g}: expected an amount from {least:,.2f} ({self.terms.least_share:.0%} of what "
                f"is asked for) to less than {now:,.2f}, {_BASIS[asked.goods is not None]} now."
            )
        factor = thousandths(amount) / (asked.goods or asked.credit)
        goods = None if asked.goods is None else thousandths(amount)
        credit = thousandths(amount) if asked.goods is None else scaled(asked.credit, factor)
        after = Asked(goods, credit, scaled(asked.annuity, factor))
        return Change(self.name, amount, 1 - factor, self.columns.written(rows, asked, after), _figures(asked, after))


@dataclass(frozen=True, slots=True)
class DownPaymentMove:
    """The price stays; the amount is paid at once, and credit and instalment fall in proportion."""

    terms: DownPayment
    columns: LoanColumns
    name: str = "down-payment"

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """Credit and instalment."""
        return self.columns.touches("AMT_CREDIT", "AMT_ANNUITY")

    def offer(self, rows: ClientRows) -> Offer:
        """Round amounts up to the greatest share of the credit."""
        asked = _asked_or_why(rows, self.terms, not_for=self.terms.not_for)
        if isinstance(asked, str):
            return Offer((), asked)
        if asked.goods is None:
            return Offer((), NOT_STATED)
        return Offer(rising(units(asked.credit) * self.terms.most_share, most=self.terms.steps))

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows of a loan that is smaller by `amount`, for the same goods."""
        asked = _asked(self.name, rows, self.terms, not_for=self.terms.not_for)
        if asked.goods is None:
            raise UsageError(f"{self.name}: the application states no price of goods to pay a part of.")
        most = units(asked.credit) * self.terms.most_share
        if not 0 < amount <= most:
            raise UsageError(
                f"{self.name}={amount:g}: expected an amount above 0 and up to {most:,.2f}, "
                f"{self.terms.most_share:.0%} of the credit asked for."
            )
        factor = (asked.credit - thousandths(amount)) / asked.credit
        after = Asked(asked.goods, asked.credit - thousandths(amount), scaled(asked.annuity, factor))
        return Change(self.name, amount, 1 - factor, self.columns.written(rows, asked, after), _figures(asked, after))


@dataclass(frozen=True, slots=True)
class LongerTermMove:
    """The instalment falls and more of them are paid, at a stated yearly rate; the amount is their number.

    The application states no term: the present one is what credit and instalment imply at that rate.
    """

    terms: LongerTerm
    columns: LoanColumns
    instalments_a_year: int = MONTHS_A_YEAR
    name: str = "longer-term"

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """The instalment."""
        return self.columns.touches("AMT_ANNUITY")

    def offer(self, rows: ClientRows) -> Offer:
        """Whole numbers of steps above the present term."""
        asked = _asked_or_why(rows, self.terms, not_for=self.terms.not_for)
        if isinstance(asked, str):
            return Offer((), asked)
        now = implied_term(asked, self._rate)
        if now is None:
            return Offer((), NO_TERM)
        step = max(1, round(self.terms.step_months * self.instalments_a_year / MONTHS_A_YEAR))
        # A term that grows by less than one instalment is no change that a person would notice.
        first = math.ceil((now + 1) / step)
        terms = tuple(float(step * number) for number in range(first, int(self._most(now) / step) + 1))
        return Offer(terms, "" if terms else NO_TERM)

    def change(self, rows: ClientRows, amount: float) -> Change:
        """Rows of the same credit in `amount` instalments."""
        asked = _asked(self.name, rows, self.terms, not_for=self.terms.not_for)
        now = implied_term(asked, self._rate)
        rate = f"{self.terms.yearly_rate * 100:.4g}% a year"
        if now is None:
            raise UsageError(f"{self.name}: at a rate of {rate} the instalment would never repay the credit.")
        most = self._most(now)
        if not (amount == int(amount) and now < amount <= most):
            raise UsageError(
                f"{self.name}={amount:g}: expected a whole number of instalments above {now:.1f}, the term that credit "
                f"and instalment imply at a rate of {rate}, and up to {most:g}."
            )
        after = Asked(asked.goods, asked.credit, instalment(asked.credit, amount, self._rate))
        more = units(after.annuity) * amount - units(asked.annuity) * now
        figures = {
            **_figures(asked, after),
            "term_before": now,
            "term": amount,
            "yearly_rate": self.terms.yearly_rate,
            "repaid_more": more,
        }
        return Change(self.name, amount, amount / now - 1, self.columns.written(rows, asked, after), figures)

    @property
    def _rate(self) -> float:
        """Rate of the time between two instalments."""
        return self.terms.yearly_rate / self.instalments_a_year

    def _most(self, now: float) -> float:
        longest = math.floor(self.terms.most_months * self.instalments_a_year / MONTHS_A_YEAR)
        return min(longest, math.floor(now * self.terms.most_times))


def implied_term(asked: Asked, rate: float) -> float | None:
    """Instalments that repay the credit at `rate` between two of them; None when they never do.

    ``n = -ln(1 - C r / A) / ln(1 + r)``, the annuity formula solved for its term.
    """
    interest = asked.credit * rate / asked.annuity
    return -math.log1p(-interest) / math.log1p(rate) if interest < 1 else None


def instalment(credit: int, term: float, rate: float) -> int:
    """Instalment that repays `credit` in `term` instalments at `rate`: ``C r / (1 - (1 + r)^-n)``, to whole cents."""
    return scaled(credit, rate / -math.expm1(-term * math.log1p(rate)))


def _figures(before: Asked, after: Asked) -> dict[str, float]:
    found = {
        "credit_before": units(before.credit),
        "credit": units(after.credit),
        "instalment_before": units(before.annuity),
        "instalment": units(after.annuity),
    }
    if before.goods is not None and after.goods is not None:
        found |= {"price_before": units(before.goods), "price": units(after.goods)}
    return found


def _asked_or_why(rows: ClientRows, terms: _Offered, *, not_for: tuple[str, ...] = ()) -> Asked | str:
    """The loan asked for, or the id of why the move does not exist for it."""
    if not terms.is_offered:
        return NOT_OFFERED
    if one(rows, _PRODUCT) in not_for:
        return OTHER_PRODUCT
    return Asked.of(rows) or NOT_STATED


def _asked(name: str, rows: ClientRows, terms: _Offered, *, not_for: tuple[str, ...] = ()) -> Asked:
    found = _asked_or_why(rows, terms, not_for=not_for)
    if isinstance(found, Asked):
        return found
    said = {
        NOT_OFFERED: "the lender does not offer this move (is_offered = false in the file of moves).",
        OTHER_PRODUCT: f"makes no sense for the product asked for, {one(rows, _PRODUCT)}.",
        NOT_STATED: "the application does not state AMT_CREDIT and AMT_ANNUITY.",
    }
    raise UsageError(f"{name}: {said[found]}")
