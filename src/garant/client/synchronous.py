"""The client of the decision service for programs that wait."""

import itertools
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from garant.client import questions
from garant.client.address import DEFAULT_URL
from garant.client.answers import BatchItem, Decision, Explanation, Model, Preview, Readiness
from garant.client.calls import Language, Records
from garant.client.questions import Question
from garant.client.retries import Retries
from garant.client.terms import Terms
from garant.models.cutoff import Outcome

T = TypeVar("T")


class Client:
    r"""A decision service, asked over HTTP.

    What fails in passing is sent again with the same idempotency key, so that it counts once: no connection, an answer
    that never came, 429, 503, and 409 while the same request is being answered.

    Parameters
    ----------
    url : str
        Address of the service. ``http`` only leads to this machine, unless `allow_plain_http`.
    key : str or None
        API key as ``garant key create`` printed it; GARANT_API_KEY of the environment by default.
    language : {"fr", "en"} or None
        Language of sentences where a call does not say it; the service's own by default.
    timeout : float
        Seconds that one attempt may take.
    retries : Retries
        How often and how long a request is tried.
    ca_file : Path or None
        PEM file of the authority that signed the service's certificate, when it is the lender's own.
    allow_plain_http : bool
        Whether the key and personal data may go to another machine in the clear.

    Raises
    ------
    UsageError
        When address or key cannot be used.

    Examples
    --------
    >>> with Client("https://garant.bank.example", key="garant_…") as service:  # doctest: +SKIP
    ...     decision = service.decide({"application": {"SK_ID_CURR": 100002}, "bureau": []}, language="fr")
    ...     print(decision.outcome, *(reason.text for reason in decision.reasons), sep="\\n")
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key: str | None = None,
        language: Language | None = None,
        timeout: float = 60.0,
        retries: Retries | None = None,
        ca_file: Path | None = None,
        allow_plain_http: bool = False,
    ) -> None:
        self._terms = Terms.of(
            url,
            key=key,
            language=language,
            timeout=timeout,
            retries=retries or Retries(),
            ca_file=ca_file,
            allow_plain_http=allow_plain_http,
        )
        self._http = httpx.Client(**self._terms.transport())

    def __repr__(self) -> str:
        return f"Client({self._terms.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def decide(
        self,
        records: Records | None = None,
        *,
        client: int | None = None,
        external_checks: Mapping[str, object] | None = None,
        language: Language | None = None,
        key: str | None = None,
    ) -> Decision:
        """Ask for a decision about one application; it is recorded before it is answered.

        Parameters
        ----------
        records : mapping, bytes, str or None
            Raw tables by name. A child table that is left out is unknown, an empty list says that there is nothing.
        client : int or None
            ``SK_ID_CURR`` of an applicant in the data of the service, instead of records.
        external_checks : mapping or None
            Answers of registers: ``{"national_register": {"date": …, "result": …, "reference": …}}``.
        language : {"fr", "en"} or None
            Language of the sentences.
        key : str or None
            Idempotency key, where the caller wants to ask again after it was itself stopped; a new one by default.

        Raises
        ------
        UsageError
            When the arguments cannot be sent.
        ServiceError
            When the service refuses; `problems` lists what is wrong with the records.
        ServiceUnavailableError
            When it cannot be reached or cannot decide now.
        """
        return self.ask(
            questions.decide(
                records, client=client, external_checks=external_checks, language=self._language(language), key=key
            )
        )

    def batch(
        self,
        applications: Sequence[Mapping[str, object]] | bytes | str,
        *,
        language: Language | None = None,
        key: str | None = None,
    ) -> tuple[BatchItem, ...]:
        """Ask for decisions about at most 1,000 applications: for each the decision, or what is wrong with it.

        Raises
        ------
        ServiceError
            As `decide`, when the whole is refused.
        """
        return self.ask(questions.batch(applications, language=self._language(language), key=key))

    def preview(
        self,
        records: Records | None = None,
        *,
        client: int | None = None,
        moves: Sequence[str] = (),
        external_checks: Mapping[str, object] | None = None,
        language: Language | None = None,
    ) -> Preview:
        """Ask what would be decided. Nothing is decided or kept, but that somebody looked is.

        Parameters
        ----------
        records, client, external_checks, language
            As `decide`.
        moves : sequence of str
            What if: ``["down-payment=20000"]``, the moves of ``garant explain --what-if``.

        Raises
        ------
        ServiceError
            As `decide`.
        """
        return self.ask(
            questions.preview(
                records,
                client=client,
                moves=moves,
                external_checks=external_checks,
                language=self._language(language),
            )
        )

    def explain(
        self, records: Records | None = None, *, client: int | None = None, language: Language | None = None
    ) -> Explanation:
        """Ask for everything that explains one application: contributions, what would change it, others beside it.

        Raises
        ------
        ServiceError
            As `decide`.
        """
        return self.ask(questions.explain(records, client=client, language=self._language(language)))

    def decision(self, id_: str, *, language: Language | None = None) -> Decision:
        """Look a recorded decision up.

        Raises
        ------
        ServiceError
            With status 404 when there is none that this key may see.
        """
        return self.ask(questions.decision(id_, language=self._language(language)))

    def decisions_of(self, subject: str, *, language: Language | None = None) -> tuple[Decision, ...]:
        """Look all decisions about one person up, the first one first."""
        return self.ask(questions.decisions_of(subject, language=self._language(language)))

    def confirm(
        self,
        id_: str,
        *,
        person: str,
        outcome: Outcome | str,
        ground: str,
        comment: str | None = None,
        language: Language | None = None,
    ) -> Decision:
        """Make a proposal final: a named person, with an outcome of their own and why.

        Parameters
        ----------
        id_ : str
            The decision.
        person : str
            Name of who decides.
        outcome : {"accept", "refuse"}
            What this person decides.
        ground : {"agrees", "new_information", "policy_exception", "other"}
            Why; ``agrees`` where the outcome is the one that was proposed.
        comment : str or None
            Needed where it is another.
        language : {"fr", "en"} or None
            Language of the sentences.

        Raises
        ------
        ServiceError
            With status 409 when the decision is final already, 403 when this key may not.
        """
        return self.ask(
            questions.confirm(
                id_, person=person, outcome=outcome, ground=ground, comment=comment, language=self._language(language)
            )
        )

    def contest(self, id_: str, *, statement: str, language: Language | None = None) -> Decision:
        """Contest a decision in the words of the person whom it is about.

        Raises
        ------
        ServiceError
            With status 409 when it is in no state to be contested.
        """
        return self.ask(questions.contest(id_, statement=statement, language=self._language(language)))

    def view(
        self, id_: str, *, view: str, note: str, person: str | None = None, language: Language | None = None
    ) -> Decision:
        """Note what a reviewer thinks of the file, before they are shown what was proposed.

        Raises
        ------
        ServiceError
            With status 403 for whoever asked for or confirmed it, 409 when nothing waits for a reviewer.
        """
        return self.ask(questions.view(id_, view=view, note=note, person=person, language=self._language(language)))

    def ask_for_papers(
        self, id_: str, *, ground: str, comment: str, person: str | None = None, language: Language | None = None
    ) -> Decision:
        """Record that a reviewer needs papers before deciding; a comment has 20 characters at least.

        Raises
        ------
        ServiceError
            With status 403 for whoever asked for or confirmed it, 409 when nothing waits for a reviewer or no own view
            is noted.
        """
        return self.ask(
            questions.ask_for_papers(
                id_, ground=ground, comment=comment, person=person, language=self._language(language)
            )
        )

    def review(
        self,
        id_: str,
        *,
        outcome: Outcome | str,
        ground: str,
        comment: str,
        person: str | None = None,
        language: Language | None = None,
    ) -> Decision:
        """Decide what was referred or contested, after `view`; never by whoever acted on it before.

        A comment has 20 characters at least.

        Raises
        ------
        ServiceError
            With status 403 for whoever asked for or confirmed it, 409 when nothing waits for a reviewer or no own view
            is noted.
        """
        return self.ask(
            questions.review(
                id_,
                outcome=outcome,
                ground=ground,
                comment=comment,
                person=person,
                language=self._language(language),
            )
        )

    def correct(
        self,
        id_: str,
        records: Mapping[str, object] | None = None,
        *,
        changes: Mapping[str, object] | None = None,
        reason: str | None = None,
        language: Language | None = None,
        key: str | None = None,
    ) -> Decision:
        """Decide anew with corrected records: a new decision that supersedes the first one.

        Parameters
        ----------
        id_ : str
            Decision that is corrected.
        records : mapping or None
            The whole records anew, as `decide` takes them.
        changes : mapping or None
            Instead of them single columns of the application and whole other tables:
            ``{"application": {"AMT_INCOME_TOTAL": 90000}, "bureau": []}``.
        reason : str or None
            Why.
        language, key
            As `decide`.

        Raises
        ------
        ServiceError
            As `decide`, and with status 409 when the first one is superseded already.
        """
        return self.ask(
            questions.correct(id_, records, changes=changes, reason=reason, language=self._language(language), key=key)
        )

    def model(self, *, language: Language | None = None) -> Model:
        """Look up which model decides: its card in short and what moves its scores."""
        return self.ask(questions.model(language=self._language(language)))

    def ready(self) -> Readiness:
        """Whether the service can decide now, and what is wrong when it cannot."""
        return self.ask(questions.ready())

    def _language(self, language: Language | None) -> Language | None:
        return language or self._terms.language

    def ask(self, question: Question[T]) -> T:
        """Ask one of `garant.client.questions`; the other methods do it for their question."""
        call, begun = question.call, time.monotonic()
        for attempt in itertools.count(1):
            try:
                found = self._http.request(call.method, call.path, content=call.content, headers=call.headers)
            except httpx.RequestError as error:
                found = error
            wait = self._terms.wait(call, found, attempt=attempt, begun=begun)
            if wait is None:
                return question.read(self._terms.result(call, found))
            time.sleep(wait)
        raise AssertionError
