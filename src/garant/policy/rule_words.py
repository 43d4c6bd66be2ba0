"""The sentence of a rule about facts, with the figures that it rests on where they are known."""

import math
from typing import Protocol

from garant.policy.outcome import Facts, PolicyCode
from garant.policy.policy import Policy

_MOST_DECIMALS = 4


class RuleWords(Protocol):
    """What the sentence of a rule needs of a language."""

    def text(self, key: str, **values: str) -> str:
        """Text with this id."""
        ...

    def percent(self, share: float, *, decimals: int = 1) -> str:
        """Share as a percentage."""
        ...


def share_of_income(facts: Facts, row: int = 0) -> float:
    """Share of the income that charges take, of one row of `facts`; NaN where it is not known."""
    income = float(facts.income[row])
    return float(facts.charges[row]) / income if income > 0 else math.nan


def rule_sentence(
    code: str, words: RuleWords, *, policy: Policy, charges_declared: bool = True, share: float = math.nan
) -> str:
    """Sentence of the rule `code`, as the person reads it.

    Parameters
    ----------
    code : str
        Code of a rule about facts, or of another that has one sentence.
    words : RuleWords
        The language.
    policy : Policy
        Says the limit.
    charges_declared : bool
        Whether a column holds the person's charges; without one the sentence says that only instalments are known.
    share : float
        Of the income, as `share_of_income` gives it; NaN leaves the figures out.
    """
    key = f"policy.{code.lower()}"
    if code != PolicyCode.DEBT_SERVICE_RATIO.name:
        return words.text(key)
    known = "" if charges_declared else "_known"
    if math.isfinite(share):
        most = policy.debt_service.max_share
        for decimals in range(1, _MOST_DECIMALS + 1):
            said, limit = words.percent(share, decimals=decimals), words.percent(most, decimals=decimals)
            # "50 %, above the limit of 50 %" would be read as a mistake of the lender.
            if said != limit:
                return words.text(f"{key}{known}.figures", share=said, limit=limit)
    return words.text(f"{key}{known}")
