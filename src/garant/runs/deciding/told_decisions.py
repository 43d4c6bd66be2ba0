"""What somebody is told of a recorded decision: a reviewer nothing that would anchor the view they still have to form.

Whatever shows a recorded decision to a principal asks here, so that no page and no route is a way around it.
"""

from garant.decisions.access import Principal, Scope
from garant.decisions.record import Decision, Language
from garant.decisions.store import RecordStore
from garant.runs.deciding import reviewing
from garant.runs.deciding.answer import Answer, recorded


def told(store: RecordStore, principal: Principal, decision: Decision, language: Language) -> Answer:
    """A decision as `principal` is told it; without what was proposed while they are `blind`."""
    is_blind = blind(store, principal, decision)
    return recorded(decision, language, withheld=reviewing.unseen(decision) if is_blind else None)


def blind(store: RecordStore, principal: Principal, decision: Decision) -> bool:
    """Whether `principal` may still review the decision and has noted no view of their own."""
    if not principal.may(Scope.REVIEW) or not reviewing.is_blind(decision, principal.id):
        return False
    return principal.id not in actors_of(store, decision)


def actors_of(store: RecordStore, decision: Decision) -> frozenset[str]:
    """Who acted on a decision, or on one that it corrects: none of them may review it."""
    found = reviewing.actors(decision)
    while decision.supersedes is not None:
        decision = store.decision(decision.supersedes)
        found |= reviewing.actors(decision)
    return found
