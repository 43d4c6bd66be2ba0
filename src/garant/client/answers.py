"""What the service answers, as values; entries that a later service adds are left aside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from garant.decisions.record import Digests, EventKind, Mode, State
from garant.exceptions import Problem
from garant.models.cutoff import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: one sentence, in the language that was asked for.

    Parameters
    ----------
    code : str
        Code of the reason, of the rule or of the warning.
    text : str
        The sentence.
    kind : {"act", "time", "correct"} or None
        What the person can do about it.
    note : str or None
        Of an external score: how the person obtains and corrects it.
    effect : float or None
        Of a reason, for machines: log-odds that it adds beyond the mean of accepted applicants.
    fields : tuple of str
        Of a warning: the columns that it is about.
    """

    code: str
    text: str
    kind: str | None = None
    note: str | None = None
    effect: float | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a decision after it was made: the `number`-th event since."""

    number: int
    kind: EventKind
    at: datetime
    actor: str
    state: State
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was computed of an application.

    Parameters
    ----------
    outcome : Outcome or None
        What the system proposes.
    client : int or None
        ``SK_ID_CURR``.
    product : str or None
        What is asked for.
    pd, points : float or None
        Calibrated PD, points; None where the model was not asked.
    cutoff : float or None
        Cut-off of the product that is asked for.
    refer_band : tuple of float or None
        PDs between which a person decides.
    reasons, rules, warnings : tuple of Reason
        Why; rules outside the model that were hit; what deserves a look.
    main_reason_kept : float or None
        Share of retrained models that give the same main reason.
    """

    outcome: Outcome | None = None
    client: int | None = None
    product: str | None = None
    pd: float | None = None
    points: float | None = None
    cutoff: float | None = None
    refer_band: tuple[float, float] | None = None
    reasons: tuple[Reason, ...] = ()
    rules: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    main_reason_kept: float | None = None
    digests: Digests | None = None
    notice_id: str | None = None
    language: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Judged):
    """A recorded decision.

    Parameters
    ----------
    id : str
        UUID of version 7.
    state : State
        Where it stands.
    at : datetime or None
        When it was decided, UTC.
    final_outcome : Outcome or None
        What counts in the end: what a person said last, or an automated outcome; None while it is a proposal.
    mode : Mode or None
        Who makes it final.
    legal_basis : str or None
        What an automated decision rests on.
    owner : str or None
        Branch that it belongs to.
    supersedes, superseded_by : str or None
        Decision that this one corrects, and the one that corrects this one.
    events : tuple of Event
        What happened since.
    """

    id: str
    state: State
    at: datetime | None = None
    final_outcome: Outcome | None = None
    mode: Mode | None = None
    legal_basis: str | None = None
    owner: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Judged):
    """What would be decided; nothing was. `what_if` says what the moves would do, where there are any."""

    what_if: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One application of a batch: its decision, or what is wrong with it.

    Parameters
    ----------
    number : int
        Its place in the batch, from 0.
    status : int
        What the answer would have been for it alone.
    decision : Decision or None
        What was decided.
    title : str
        What is wrong; empty where nothing is.
    problems : tuple of Problem
        Everything that is wrong with its records.
    key : str or None
        The caller's own name for it, where the item had one.
    """

    number: int
    status: int
    decision: Decision | None = None
    title: str = ""
    problems: tuple[Problem, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Judged):
    """Everything that explains one application.

    Parameters
    ----------
    base_value, margin : float or None
        Log-odds that contributions start from and add up to.
    contributions : mapping of str to float
        Log-odds by feature.
    said : mapping of str to object
        The whole answer, with what would have changed the result and the person beside others.
    """

    base_value: float | None = None
    margin: float | None = None
    contributions: Mapping[str, float] = field(default_factory=dict[str, float])
    said: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The model that decides: the whole answer, since a card is for people."""

    bundle: str
    said: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the service can decide; `said` tells of its parts: bundle, record store, stop switch."""

    is_ready: bool
    said: Mapping[str, Any] = field(default_factory=dict[str, Any])
