"""What pages and letters show: letters from records, the model that decides, the portfolio, the state of the parts."""

from datetime import UTC, date, datetime
from pathlib import Path

from garant.decisions.access import Principal, Scope
from garant.decisions.record import Language
from garant.decisions.store import RecordStore
from garant.exceptions import AsideError
from garant.reports.client_letter import Lender, Letter, LetterKind, load_lender
from garant.runs.aside.process import Aside
from garant.runs.aside.questions import PortfolioQuestion
from garant.runs.deciding.answer import Answer
from garant.runs.deciding.client_store import Clients
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.letters import letter_of
from garant.runs.deciding.model_card import model_card
from garant.runs.deciding.previews import Previews
from garant.runs.deciding.promoted import promotion_of
from garant.runs.deciding.recorded_decisions import require, whole
from garant.runs.deciding.terms import Terms
from garant.runs.subject_export import subject_archive


class Showing(Previews):
    """Shows what is known beside single decisions.

    Parameters
    ----------
    decider, store, terms, clients
        As those of `Previews`.
    run : Path or None
        Committed run that pages show; None when none was given.
    lender : Lender or None
        Who writes letters; the shipped file, which names nobody, when None.
    """

    def __init__(
        self,
        decider: Decider,
        store: RecordStore,
        *,
        terms: Terms,
        clients: Clients | None = None,
        run: Path | None = None,
        lender: Lender | None = None,
    ) -> None:
        super().__init__(decider, store, terms=terms, clients=clients)
        self.run = run
        self._lender = lender or load_lender()
        self._aside = Aside()
        self._cards: dict[tuple[str, str], Answer] = {}
        self._shown: dict[tuple[str, str, str | None], Answer] = {}

    def close(self) -> None:
        """End the process that works aside; the parts belong to whoever opened them."""
        self._aside.close()

    def letter(
        self,
        principal: Principal,
        id_: str,
        *,
        kind: LetterKind | None,
        language: Language,
        on: date | None = None,
    ) -> Letter:
        """Letter to the person whom a recorded decision is about; that it was made is recorded.

        Parameters
        ----------
        kind : LetterKind or None
            What it is for; the first that is possible when None.
        language : {"fr", "en"}
            Language of the letter.
        on : date or None
            Day that it is dated; today when None.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        NoLetterError
            When the decision does not allow the kind; a proposal allows none.
        """
        require(principal, Scope.READ)
        found = self.seen(principal, id_)
        judgement = whole(found)
        decider = self._decider
        # Also where no letter comes of it: why there is none says something about the person.
        self._store.saw(principal, "letter", decision=found.id)
        return letter_of(
            found,
            judgement,
            kind=kind,
            language=language,
            lender=self._lender,
            policy=decider.policy,
            decider=decider,
            on=on,
        )

    def export(self, principal: Principal, id_: str) -> bytes:
        """ZIP of everything that is recorded about the person of a decision, for that person; making it is recorded.

        Raises
        ------
        UnknownDecisionError, ErasedError
            As `decision`.
        """
        require(principal, Scope.EXPORT)
        judgement = whole(self.seen(principal, id_))
        self._store.saw(principal, "export", subject=judgement.subject)
        return subject_archive(self._store.export(judgement.subject), made_on=datetime.now(UTC).date())

    def model(self, principal: Principal, *, language: Language) -> Answer:
        """Card of the model that decides, in short, and how much its inputs count."""
        require(principal, Scope.MODEL)
        decider = self._decider
        wanted = (decider.digest, language)
        if wanted not in self._cards:
            # Two threads may make the same card: it costs seconds once, and nothing else.
            self._cards[wanted] = model_card(decider.bundle, language, engine=decider.engine)
        return self._cards[wanted]

    def model_sections(self, principal: Principal, *, language: Language) -> Answer:
        """What a page shows of the model: its ``card``, ``sections`` and, of a registry, ``promoted``.

        Raises
        ------
        AsideError
            When the process that draws it has no answer.
        PromotionError
            When the registry contradicts itself.
        """
        card = self.model(principal, language=language)
        bundle = self._decider.bundle
        promoted = promotion_of(bundle)
        before = None if promoted is None else promoted.before
        wanted = (bundle.digest, language, None if promoted is None else promoted.replaces)
        if wanted not in self._shown:
            question = {
                "about": "model",
                "language": language,
                "content": bundle.content.model_dump_json(),
                "importance": card["importance"],
                "before": None if before is None else before.model_dump_json(),
            }
            self._shown[wanted] = self._aside.ask(question)
        told = None if promoted is None else promoted.as_json()
        return {"card": card, "sections": self._shown[wanted], "promoted": told}

    def portfolio(self, principal: Principal, question: PortfolioQuestion) -> Answer:
        """Figures of the run that pages show: volumes, groups, a map, a simulation; no row of a person is among them.

        Raises
        ------
        AsideError
            With the reason: no run was given, it was not committed or was changed, or there was no answer in time.
        """
        require(principal, Scope.READ_ALL)
        if self.run is None:
            raise AsideError("no_run", "the service was started without --run")
        return self._aside.ask(question.about(self.run))

    def ready(self) -> Answer:
        """State of the parts; tells nothing of anybody.

        Raises
        ------
        StoreError
            When the record store cannot be used.
        """
        decider = self._decider
        self._store.check()
        return {
            "bundle": decider.digest,
            "policy": decider.policy.digest,
            "engine": decider.engine,
            "engine_reason": decider.engine_reason,
            "mode": str(self._terms.mode),
            "store": "ok",
            "stopped": self._store.is_stopped(),
            "clients": self.has_clients,
        }
