"""What a bundle knows of the lender's ``tables.toml``: for a service that has no data folder."""

from garant.models.bundle.content import BundleContent
from garant.tables.config import Label, Money, TablesConfig


def config_of(content: BundleContent) -> TablesConfig:
    """Configuration that the bundle was trained with, as far as a decision needs it.

    Of the lender's own columns it declares those that the model reads, and the one with the person's charges. A bundle
    that does not say what amounts mean gives one that declares nothing of them: no share of income is then judged.
    """
    money = content.money
    return TablesConfig(
        label=Label(**content.label.model_dump()),
        money=Money() if money is None else Money(**money.model_dump()),
        external_scores=dict(content.external_scores or {}),
        extra=dict(content.extras or {}),
    )
