"""How reviewers decide: how often with their own first view, with the model and with what counted before; how fast."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from garant.decisions.record import Event, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerFigures:
    """What one reviewer did.

    Parameters
    ----------
    reviewer : str
        Name that stands under the last review, else the id.
    reviews : int
        Reviews, those of the first of two among them.
    as_own_view : Share
        Decided as they thought before they saw what was proposed; who was unsure is not counted.
    as_model : Share
        Decided on the side of the cut-off where the PD lies.
    as_before : Share
        Of contested decisions: decided as it stood.
    median_minutes : float or None
        From the first look at the file to the decision.
    """

    reviewer: str
    reviews: int
    as_own_view: Share
    as_model: Share
    as_before: Share
    median_minutes: float | None


def figures_of(events: Sequence[Event]) -> tuple[ReviewerFigures, ...]:
    """Figures of each reviewer, whoever reviewed most first; reviews of people who were erased count without more."""
    by_actor: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in {EventKind.REVIEWED, EventKind.FIRST_REVIEWED}:
            by_actor[event.actor].append(event)
    found = [_of(actor, done) for actor, done in by_actor.items()]
    return tuple(sorted(found, key=lambda each: (-each.reviews, each.reviewer)))


def _of(actor: str, events: Sequence[Event]) -> ReviewerFigures:
    name = next((str(each.content["person"]) for each in events if "person" in each.content), actor)
    seconds = [float(each.content["seconds"]) for each in events if "seconds" in each.content]
    return ReviewerFigures(
        reviewer=name,
        reviews=len(events),
        as_own_view=_share(events, "as_own_view"),
        as_model=_share(events, "as_model"),
        as_before=_share(events, "as_before"),
        median_minutes=median(seconds) / 60 if seconds else None,
    )


def _share(events: Sequence[Event], what: str) -> Share:
    known = [bool(each.content[what]) for each in events if what in each.content]
    return Share(n=sum(known), of=len(known))
