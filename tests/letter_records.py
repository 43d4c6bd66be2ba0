"""Recorded decisions to write letters about, and a lender who has filled in everything."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from garant.decisions.record import Decision, Event, EventKind, Judgement, Language, Mode, Said, State
from garant.features.catalogue import catalogue
from garant.policy.policy import load_policy
from garant.reports.client_letter import Lender, Letter, LetterKind, load_lender
from garant.runs.deciding.letters import letter_of
from store_records import judgement

ON = date(2026, 11, 30)
ID = "0198f2c4-6f1e-7c33-9d0a-4e1f6a1b2c3d"

REASONS = {
    "act": {
        "fr": "Votre plus long retard de paiement est de 42 jours. Cela augmente le risque.",
        "en": "Your longest delay of a payment is 42 days. This raises the risk.",
    },
    "time": {
        "fr": "Vous occupez votre emploi depuis 3,3 ans. Cela augmente le risque.",
        "en": "You have been in your job for 3.3 years. This raises the risk.",
    },
    "correct": {
        "fr": "La note externe 2 est de 0,24. Cela augmente le risque.",
        "en": "External score 2 is 0.24. This raises the risk.",
    },
}

_OF_SCORE = next(each.name for each in catalogue() if each.inputs == ("application.EXT_SOURCE_2",))


def judged(**changed: Any) -> Judgement:  # noqa: ANN401 - any field
    """A refusal for three reasons, with a register that was asked and credits elsewhere."""
    raw = {
        "application": {
            "SK_ID_CURR": 100_001,
            "AMT_CREDIT": 450_000.0,
            "AMT_INCOME_TOTAL": 135_000.0,
            "EXT_SOURCE_2": 0.24,
        },
        "bureau": [{}, {}],
        "previous_application": [],
        "external_checks": {"national_register": {"date": "2026-11-20", "result": "clear"}},
    }
    values: dict[str, Any] = {
        "raw": json.dumps(raw).encode(),
        "rules": (),
        "reasons": tuple(Said(code=kind.upper(), texts=dict(texts), kind=kind) for kind, texts in REASONS.items()),  # type: ignore[arg-type]
        "contributions": {_OF_SCORE: 0.1},
        "pd": 0.245,
    }
    return judgement(**{**values, **changed})


def decision(state: State, *events: Event, judged_as: Judgement | None = None, **changed: Any) -> Decision:  # noqa: ANN401 - any field
    """A decision as a store gives it."""
    found = judged_as or judged()
    values: dict[str, Any] = {
        "id": ID,
        "at": datetime(2026, 11, 27, 9, tzinfo=UTC),
        "state": state,
        "mode": Mode.ASSISTED,
        "legal_basis": None,
        "owner": "paris",
        "actor": "key-1",
        "notice_id": "notice-v1",
        "supersedes": None,
        "superseded_by": None,
        "digests": found.digests,
        "judgement": found,
        "events": events,
    }
    return Decision(**{**values, **changed})


def event(kind: EventKind, number: int = 1, **content: str) -> Event:
    """Something that happened to it, one day after the other."""
    return Event(
        decision=ID,
        kind=kind,
        at=datetime(2026, 11, 27 + number, 10, tzinfo=UTC),
        actor=f"key-{number}",
        state=State.FINAL,
        content=content,
        id=f"event-{number}",
        number=number,
    )


CONFIRMED = event(EventKind.CONFIRMED, person="Ann Bell", outcome="refuse", ground="agrees")
CONTESTED = event(EventKind.CONTESTED, 2, statement="Tout est payé.")
REVIEWED = event(EventKind.REVIEWED, 3, person="Bob Hill", outcome="refuse", comment="The delay stands in the books.")
PAPERS = event(EventKind.PAPERS_ASKED, person="Bob Hill", ground="income", comment="Your last three payslips.")

DECISIONS = {
    LetterKind.REFUSAL: decision(State.FINAL, CONFIRMED),
    LetterKind.PAPERS: decision(State.PROPOSED, PAPERS),
    LetterKind.REVIEW: decision(State.REVIEWED, CONFIRMED, CONTESTED, REVIEWED),
    LetterKind.EXPLANATION: decision(State.FINAL, CONFIRMED),
}
"""A decision for each kind of letter."""


def letter(
    found: Decision | None = None,
    *,
    kind: LetterKind | None = LetterKind.REFUSAL,
    language: Language = "en",
    lender: Lender | None = None,
) -> Letter:
    """Letter about a decision, by default one that allows the kind."""
    about = found or DECISIONS[kind or LetterKind.REFUSAL]
    assert about.judgement is not None
    return letter_of(
        about,
        about.judgement,
        kind=kind,
        language=language,
        lender=lender or load_lender(),
        policy=load_policy(),
        on=ON,
    )


FILLED_IN = """
[lender]
name = "Banque d’Exemple"
address = ["1 rue de l’Exemple", "75001 Paris"]
contact_fr = "01 00 00 00 00"
contact_en = "+33 1 00 00 00 00"
[data_protection]
contact_fr = "dpo@exemple.fr"
contact_en = "dpo@exemple.fr"
[human_review]
procedure_fr = "Écrivez au service des réexamens."
procedure_en = "Write to the reviews department."
ask_within_days = 60
answer_within_days = 30
[papers]
send_to_fr = "à votre agence"
send_to_en = "to your branch"
within_days = 21
[debt_advice]
contact_fr = "Conseil budget, 2 rue de l’Exemple"
contact_en = "Budget advice, 2 rue de l’Exemple"
[credit_register]
name_fr = "Centrale d’Exemple"
name_en = "Register of Exemple"
contact_fr = "3 rue de l’Exemple"
contact_en = "3 rue de l’Exemple"
[authority]
name_fr = "CNIL"
name_en = "CNIL, the French authority"
contact_fr = "www.cnil.fr"
contact_en = "www.cnil.fr"
[approval]
texts = "letters-v1"
by = "A. Lawyer"
on = 2026-11-29
"""


def filled_in(folder: Path, text: str = FILLED_IN) -> Lender:
    """Lender whose file says everything."""
    path = folder / "letter.toml"
    path.write_text(text, encoding="utf-8")
    return load_lender(path)
