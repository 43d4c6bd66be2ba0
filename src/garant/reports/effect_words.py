"""Effects in words: log-odds with their sign, and the direction with its mark."""

from garant.reports.effect_charts import LOWERS_SIGN, RAISES_SIGN
from garant.wording.catalogue import Wording


def signed(effect: float, wording: Wording, *, decimals: int) -> str:
    """Log-odds with their sign; without one where they round to zero."""
    said = wording.number(abs(effect), decimals=decimals, fixed=True)
    if not said.shown:
        return said
    return f"+{said}" if effect > 0 else f"−{said}"


def direction(effect: float, wording: Wording) -> str:
    """▲ or ▼ with its word, on one line; nothing at zero."""
    if effect == 0:
        return ""
    sign, name = (RAISES_SIGN, "raises") if effect > 0 else (LOWERS_SIGN, "lowers")
    return f"{sign} {wording.text(f'explain.{name}')}".replace(" ", "\N{NO-BREAK SPACE}")
