"""The client of the decision service for programs that do several things at once (asyncio)."""

import asyncio
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


class AsyncClient:
    """A decision service, asked over HTTP without waiting: the arguments and methods of `garant.client.Client`.

    Examples
    --------
    >>> async with AsyncClient("https://garant.bank.example") as service:  # doctest: +SKIP
    ...     decision = await service.decide(client=100002)
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
        self._http = httpx.AsyncClient(**self._terms.transport())

    def __repr__(self) -> str:
        return f"AsyncClient({self._terms.url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def decide(
        self,
        records: Records | None = None,
        *,
        client: int | None = None,
        external_checks: Mapping[str, object] | None = None,
        language: Language | None = None,
        key: str | None = None,
    ) -> Decision:
        """Ask for a decision about one application; it is recorded before it is answered."""
        return await self.ask(
            questions.decide(
                records, client=client, external_checks=external_checks, language=self._language(language), key=key
            )
        )

    async def batch(
        self,
        applications: Sequence[Mapping[str, object]] | bytes | str,
        *,
        language: Language | None = None,
        key: str | None = None,
    ) -> tuple[BatchItem, ...]:
        """Ask for decisions about at most 1,000 applications: for each the decision, or what is wrong with it."""
        return await self.ask(questions.batch(applications, language=self._language(language), key=key))

    async def preview(
        self,
        records: Records | None = None,
        *,
        client: int | None = None,
        moves: Sequence[str] = (),
        external_checks: Mapping[str, object] | None = None,
        language: Language | None = None,
    ) -> Preview:
        """Ask what would be decided. Nothing is decided or kept, but that somebody looked is."""
        return await self.ask(
            questions.preview(
                records,
                client=client,
                moves=moves,
                external_checks=external_checks,
                language=self._language(language),
            )
        )

    async def explain(
        self, records: Records | None = None, *, client: int | None = None, language: Language | None = None
    ) -> Explanation:
        """Ask for everything that explains one application: contributions, what would change it, others beside it."""
        return await self.ask(questions.explain(records, client=client, language=self._language(language)))

    async def decision(self, id_: str, *, language: Language | None = None) -> Decision:
        """Look a recorded decision up."""
        return await self.ask(questions.decision(id_, language=self._language(language)))

    async def decisions_of(self, subject: str, *, language: Language | None = None) -> tuple[Decision, ...]:
        """Look all decisions about one person up, the first one first."""
        return await self.ask(questions.decisions_of(subject, language=self._language(language)))

    async def confirm(
        self,
        id_: str,
        *,
        person: str,
        outcome: Outcome | str,
        ground: str,
        comment: str | None = None,
        language: Language | None = None,
    ) -> Decision:
        """Make a proposal final: a named person, with an outcome of their own and why."""
        return await self.ask(
            questions.confirm(
                id_, person=person, outcome=outcome, ground=ground, comment=comment, language=self._language(language)
            )
        )

    async def contest(self, id_: str, *, statement: str, language: Language | None = None) -> Decision:
        """Contest a decision in the words of the person whom it is about."""
        return await self.ask(questions.contest(id_, statement=statement, language=self._language(language)))

    async def view(
        self, id_: str, *, view: str, note: str, person: str | None = None, language: Language | None = None
    ) -> Decision:
        """Note what a reviewer thinks of the file, before they are shown what was proposed."""
        return await self.ask(
            questions.view(id_, view=view, note=note, person=person, language=self._language(language))
        )

    async def ask_for_papers(
        self, id_: str, *, ground: str, comment: str, person: str | None = None, language: Language | None = None
    ) -> Decision:
        """Record that a reviewer needs papers before deciding; a comment has 20 characters at least."""
        return await self.ask(
            questions.ask_for_papers(
                id_, ground=ground, comment=comment, person=person, language=self._language(language)
            )
        )

    async def review(
        self,
        id_: str,
        *,
        outcome: Outcome | str,
        ground: str,
        comment: str,
        person: str | None = None,
        language: Language | None = None,
    ) -> Decision:
        """Decide what was referred or contested, after `view`; never by whoever acted on it before."""
        return await self.ask(
            questions.review(
                id_,
                outcome=outcome,
                ground=ground,
                comment=comment,
                person=person,
                language=self._language(language),
            )
        )

    async def correct(
        self,
        id_: str,
        records: Mapping[str, object] | None = None,
        *,
        changes: Mapping[str, object] | None = None,
        reason: str | None = None,
        language: Language | None = None,
        key: str | None = None,
    ) -> Decision:
        """Decide anew with corrected records: a new decision that supersedes the first one."""
        return await self.ask(
            questions.correct(id_, records, changes=changes, reason=reason, language=self._language(language), key=key)
        )

    async def model(self, *, language: Language | None = None) -> Model:
        """Look up which model decides: its card in short and what moves its scores."""
        return await self.ask(questions.model(language=self._language(language)))

    async def ready(self) -> Readiness:
        """Whether the service can decide now, and what is wrong when it cannot."""
        return await self.ask(questions.ready())

    def _language(self, language: Language | None) -> Language | None:
        return language or self._terms.language

    async def ask(self, question: Question[T]) -> T:
        """Ask one of `garant.client.questions`; the other methods do it for their question."""
        call, begun = question.call, time.monotonic()
        for attempt in itertools.count(1):
            try:
                found = await self._http.request(call.method, call.path, content=call.content, headers=call.headers)
            except httpx.RequestError as error:
                found = error
            wait = self._terms.wait(call, found, attempt=attempt, begun=begun)
            if wait is None:
                return question.read(self._terms.result(call, found))
            await asyncio.sleep(wait)
        raise AssertionError
