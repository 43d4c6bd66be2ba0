"""What every part of a letter is written from: the record, the lender, the words, and the gaps that the lender left."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from garant.decisions.record import Decision, Event, EventKind, Judgement, Language, Mode, Texts
from garant.policy.policy import CheckRule
from garant.reports.client_letter.lender import Lender
from garant.reports.section import Table
from garant.wording.catalogue import Wording
from garant.wording.notice import NOTICE_ID, NOTICES, Notice, notice

TIME_ZONE = ZoneInfo("Europe/Paris")
"""Zone of dates, that of the pages; records keep UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is not in the record itself but made from it by whoever knows the definitions of what was read.

    Parameters
    ----------
    registers : mapping of str to CheckRule
        External checks that the lender's policy names.
    scores : tuple of str
        Who made the external scores that were read, and how the person obtains and corrects them.
    inputs : tuple of Table
        What was read to decide, and its origin.
    changes : tuple of str or None
        Sentences on what would have changed the result; None where the model that decided is not at hand.
    """

    registers: dict[str, CheckRule] = field(default_factory=dict[str, CheckRule])
    scores: tuple[str, ...] = ()
    inputs: tuple[Table, ...] = ()
    changes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A letter while it is written.

    Parameters
    ----------
    decision, judgement
        The record.
    outcome : str or None
        What counts; None while nobody decided.
    lender : Lender
        Who writes.
    facts : Facts
        What was made from the record.
    words : Wording
        Words of its language.
    missing : list of str
        Entries that the lender has not filled in, as they are met.
    """

    decision: Decision
    judgement: Judgement
    outcome: str | None
    lender: Lender
    facts: Facts
    words: Wording
    missing: list[str] = field(default_factory=list[str])

    @property
    def language(self) -> Language:
        """Language of the letter."""
        return "fr" if self.words.language == "fr" else "en"

    def text(self, key: str, **values: str) -> str:
        """Text of an id."""
        return self.words.text(key, **values)

    def of(self, texts: Texts) -> str:
        """Sentence in the language of the letter, as it was recorded."""
        return texts[self.language]

    def stated(self, entry: str) -> str:
        """What the lender says under ``section.entry``, else a placeholder in square brackets, which is noted."""
        found = self.lender.entry(entry, self.language)
        if isinstance(found, int):
            return self.words.value("days", found)
        if found is not None:
            return found
        if entry not in self.missing:
            self.missing.append(entry)
        return self.text(f"letter.placeholder.{entry}")

    def quoted(self, said: object) -> str:
        """Somebody's own words, marked as such."""
        return self.text("letter.quote", text=" ".join(str(said).split()))

    def day(self, at: datetime) -> str:
        """Day of a time in words."""
        return self.words.date(local_day(at))

    @property
    def notice(self) -> Notice:
        """Notice that applied; the one in use where the record names one that this version does not know."""
        id_ = self.decision.notice_id
        return notice(self.language, id_ if id_ in NOTICES else NOTICE_ID)

    @property
    def deciding(self) -> Event | None:
        """What a person did that counts: the last confirmation or review; None where the system decided."""
        kinds = {EventKind.CONFIRMED, EventKind.REVIEWED}
        return next((each for each in reversed(self.decision.events) if each.kind in kinds), None)

    @property
    def decided_by(self) -> Literal["person", "review", "system", "nobody"]:
        """Who decided; a reviewer to whom nothing but the program's referral came decided for the first time."""
        event = self.deciding
        if event is not None:
            contested = any(each.kind is EventKind.CONTESTED for each in self.decision.events)
            return "review" if event.kind is EventKind.REVIEWED and contested else "person"
        return "system" if self.decision.mode is Mode.AUTOMATED and self.outcome is not None else "nobody"


def local_day(at: datetime) -> date:
    """Day of a time where the lender is."""
    return at.astimezone(TIME_ZONE).date()
