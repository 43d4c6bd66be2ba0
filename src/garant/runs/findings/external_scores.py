"""External scores that profile ``eu`` leaves out because nobody says where they come from."""

from garant.features.feature import Profile
from garant.runs.findings.finding import Finding, Inquiry
from garant.tables.config import TablesConfig


def external_scores(inquiry: Inquiry) -> Finding:
    """One line when there are any."""
    said = left_out_scores(inquiry.model.accepted.config, inquiry.options.profile)
    return Finding(said=(said,) if said else ())


def left_out_scores(config: TablesConfig, profile: Profile) -> str | None:
    """One line about the external scores that `profile` leaves out; None without any."""
    names = config.undocumented_scores if profile is Profile.EU else ()
    if not names:
        return None
    sections = " and ".join(f"[external_scores.{name}]" for name in names)
    what = "an external score" if len(names) == 1 else f"{len(names)} external scores"
    return f"Profile eu leaves out {what} that nobody says the source of: {', '.join(names)}; write {sections}."
