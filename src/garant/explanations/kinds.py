"""What a person can do about a reason: one of three kinds, never two."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """Kinds of reasons.

    ``act``: the person can change it now: what is asked for, or what is owed. ``time``: it changes as time goes by and
    payments are made. ``correct``: nothing is to be done about it but to have it corrected where it is wrong.
    """

    ACT = "act"
    TIME = "time"
    CORRECT = "correct"


KIND_OF: Mapping[str, Kind] = MappingProxyType(
    {
        "card_cash": Kind.ACT,
        "card_utilisation": Kind.ACT,
        "debt_elsewhere": Kind.ACT,
        "loan_amount": Kind.ACT,
        "loan_terms": Kind.ACT,
        "repayment_burden": Kind.ACT,
        "card_activity": Kind.TIME,
        "credit_history": Kind.TIME,
        "current_loans": Kind.TIME,
        "employment": Kind.TIME,
        "enquiries": Kind.TIME,
        "late_payments": Kind.TIME,
        "overdue_elsewhere": Kind.TIME,
        "previous_requests": Kind.TIME,
        "refusals": Kind.TIME,
        "repayment_history": Kind.TIME,
        "short_payments": Kind.TIME,
        "stability": Kind.TIME,
        "application_file": Kind.CORRECT,
        "credit_elsewhere": Kind.CORRECT,
        "education": Kind.CORRECT,
        "external_rating": Kind.CORRECT,
        "housing": Kind.CORRECT,
        "income": Kind.CORRECT,
        "previous_amounts": Kind.CORRECT,
        "previous_terms": Kind.CORRECT,
        "property": Kind.CORRECT,
    }
)
"""Kind of each reason family that may be said. Families of protected attributes have none: they are no reasons."""


class History(StrEnum):
    """Whose history of a person can be missing: the lender's own, or that of other lenders."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


HISTORY_OF: Mapping[str, History] = MappingProxyType(
    {
        "card_activity": History.HERE,
        "card_utilisation": History.HERE,
        "current_loans": History.HERE,
        "late_payments": History.HERE,
        "previous_amounts": History.HERE,
        "previous_requests": History.HERE,
        "previous_terms": History.HERE,
        "refusals": History.HERE,
        "repayment_history": History.HERE,
        "short_payments": History.HERE,
        "credit_elsewhere": History.ELSEWHERE,
        "credit_history": History.ELSEWHERE,
        "debt_elsewhere": History.ELSEWHERE,
        "overdue_elsewhere": History.ELSEWHERE,
    }
)
"""Families whose sentence for an unknown fact says that a history is missing. Nobody can act on that: only time can."""


def kind_of(family: str) -> Kind:
    """Kind of a family; a family of the lender's own columns, of which garant knows nothing, can be corrected."""
    return KIND_OF.get(family, Kind.CORRECT)
