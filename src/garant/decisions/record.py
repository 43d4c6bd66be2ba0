"""What is known of one decision: computed, then recorded, then told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from garant.models.cutoff import Outcome

Language = Literal["fr", "en"]

Texts = Mapping[Language, str]
"""One sentence in every language: which one is shown is decided where it is shown."""


class State(StrEnum):
    """Where a decision stands."""

    PROPOSED = "proposed"
    FINAL = "final"
    CONTESTED = "contested"
    REVIEWED = "reviewed"


class Mode(StrEnum):
    """Who makes a proposal final: a named person, or the system on a recorded legal basis."""

    ASSISTED = "assisted"
    AUTOMATED = "automated"


class RetentionClass(StrEnum):
    """What is kept, and erased, together: each class of a record has a key of its own."""

    APPLICATION = "application"
    DECISION = "decision"
    REVIEW = "review"
    FAIRNESS = "fairness"
    CHALLENGER = "challenger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Sha256 of what a decision was made with: bundle, definitions of features, policy, texts."""

    bundle: str
    features: str
    policy: str
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reason, a rule that was hit, or a warning.

    Parameters
    ----------
    code : str
        Reason code, code of a rule, code of a warning.
    texts : mapping of str to str
        Its sentence by language.
    kind : {"act", "time", "correct"} or None
        Of a reason: what the person can do about it.
    feature : str or None
        Of a reason: the feature whose value the sentence states.
    effect : float or None
        Of a reason: log-odds that the family adds to the margin beyond its mean among accepted applicants.
    notes : mapping of str to str or None
        Of an external score: how the person obtains and corrects it.
    fields : tuple of str
        Of a warning: what it is about, as columns of raw tables or features; never a value.
    """

    code: str
    texts: Texts
    kind: str | None = None
    feature: str | None = None
    effect: float | None = None
    notes: Texts | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was computed of one application, before anybody is told.

    Parameters
    ----------
    client : int
        ``SK_ID_CURR``.
    subject : str
        Who it is about across applications: ``subject_ref`` of the application, else the text of `client`.
    raw : bytes
        The raw records as canonical JSON, from which everything can be computed again.
    outcome : Outcome
        What is proposed.
    pd, points, margin : float or None
        Calibrated PD, points, log-odds; None where the model was not asked, because a table is unknown.
    cutoff : float
        Cut-off of the product that is asked for.
    refer_band : tuple of float
        PDs between which a person decides.
    product : str or None
        What is asked for.
    rules : tuple of Said
        Every rule outside the model that was hit, the one that decided first.
    reasons : tuple of Said
        At most four, the strongest first.
    main_reason_kept : float or None
        Share of the retrained models that give the same main reason; None of a bundle without any.
    warnings : tuple of Said
        What deserves a look, such as levels that training never met.
    contributions : mapping of str to float
        Log-odds by feature; with `base_value` they add up to `margin`.
    base_value : float
        Margin that contributions start from.
    matrix : bytes
        What the model read, float32, little endian, in the order of the bundle's inputs.
    challenger_pd, challenger_points : float or None
        The bundle's second model, which decides nothing.
    digests : Digests
        What it was made with.
    timings : mapping of str to float
        Milliseconds by stage.
    label : mapping of str to str or None
        What the PD is a probability of, by language, as the bundle says it; None in records of earlier versions.
    """

    client: int
    subject: str
    raw: bytes = field(repr=False)
    outcome: Outcome
    pd: float | None
    points: float | None
    margin: float | None
    cutoff: float
    refer_band: tuple[float, float]
    product: str | None
    rules: tuple[Said, ...]
    reasons: tuple[Said, ...]
    main_reason_kept: float | None
    warnings: tuple[Said, ...]
    contributions: Mapping[str, float] = field(repr=False)
    base_value: float
    matrix: bytes = field(repr=False)
    challenger_pd: float | None
    challenger_points: float | None
    digests: Digests
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    label: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A judgement that is to be recorded.

    Parameters
    ----------
    id : str
        UUID of version 7, see `garant.decisions.ids.new_id`.
    at : datetime
        When it was decided, UTC.
    judgement : Judgement
        What was computed.
    state : State
        ``proposed``, or ``final`` at once.
    mode : Mode
        Who makes it final.
    legal_basis : str or None
        What an automated decision rests on.
    owner : str
        Branch that it belongs to.
    actor : str
        Id of the API key or of the person who asked.
    notice_id : str
        Notice that applied: the one that the request names, else the one in force; no proof that it was shown.
    supersedes : str or None
        Decision that this one corrects.
    """

    id: str
    at: datetime
    judgement: Judgement
    state: State
    mode: Mode
    legal_basis: str | None
    owner: str
    actor: str
    notice_id: str
    supersedes: str | None = None


class EventKind(StrEnum):
    """What happened to a decision after it was made."""

    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    VIEWED = "viewed"
    """A reviewer said what they think of the file, before they were shown what was proposed."""
    PAPERS_ASKED = "papers_asked"
    """A reviewer needs papers before deciding."""
    FIRST_REVIEWED = "first_reviewed"
    """The first of two reviewers decided; it counts once another one says the same."""
    REVIEWED = "reviewed"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that is to be added to a decision.

    Parameters
    ----------
    decision : str
        Id of the decision.
    kind : EventKind
        What happened.
    at : datetime
        When, UTC.
    actor : str
        Who did it.
    state : State
        State of the decision afterwards.
    content : mapping
        What was said: ``outcome``, ``ground``, ``comment``, ``statement``, ``view``, ``note``; encrypted, so it may be
        personal.
    retention : RetentionClass
        Class that the content is kept with.
    """

    decision: str
    kind: EventKind
    at: datetime
    actor: str
    state: State
    content: Mapping[str, Any]
    retention: RetentionClass = RetentionClass.REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(NewEvent):
    """An event that was recorded, the `number`-th of its decision, the decision itself being number 0."""

    id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision that was recorded.

    Parameters
    ----------
    id, at, mode, legal_basis, owner, actor, notice_id, supersedes, digests
        As they were recorded, in clear.
    state : State
        After the last event.
    superseded_by : str or None
        Later decision that corrects this one.
    judgement : Judgement or None
        What was computed; None once the person was erased.
    events : tuple of Event
        What happened since, in order; their content is empty once the person was erased.
    matrix_hmac : str or None
        HMAC of what the model read, hexadecimal; `judgement.matrix` itself is not kept and empty here.
    """

    id: str
    at: datetime
    state: State
    mode: Mode
    legal_basis: str | None
    owner: str
    actor: str
    notice_id: str
    supersedes: str | None
    superseded_by: str | None
    digests: Digests
    judgement: Judgement | None
    events: tuple[Event, ...]
    matrix_hmac: str | None = None
