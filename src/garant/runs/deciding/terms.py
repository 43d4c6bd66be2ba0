"""On what terms a service decides: who makes a proposal final, on what legal basis, and how people review."""

from dataclasses import dataclass

from garant.decisions.record import Mode
from garant.exceptions import UsageError
from garant.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of a service.

    Parameters
    ----------
    mode : Mode
        ``assisted``: every outcome is a proposal until a named person confirms it. ``automated``: acceptances and
        refusals are final at once, what is referred stays a proposal.
    legal_basis : str or None
        What automated decisions rest on; recorded with each.
    review_days : int
        Days in which a reviewer decides what waits for them.
    four_eyes_amount : float or None
        Above this amount of a loan two reviewers must agree; one decides when None.

    Raises
    ------
    UsageError
        When decisions are to be automated and nothing says on what basis.
    """

    mode: Mode = Mode.ASSISTED
    legal_basis: str | None = None
    review_days: int = 14
    four_eyes_amount: float | None = None

    def __post_init__(self) -> None:
        if self.mode is Mode.AUTOMATED and not (self.legal_basis or "").strip():
            raise UsageError(
                "decision_mode is automated, and legal_basis is empty: a decision without a person needs a legal basis "
                "(GDPR, article 22). Write it to legal_basis in garant.toml or GARANT_LEGAL_BASIS, or use assisted."
            )

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """Terms that the settings state."""
        return cls(
            mode=Mode(settings.decision_mode),
            legal_basis=settings.legal_basis,
            review_days=settings.review_days,
            four_eyes_amount=settings.four_eyes_amount,
        )
