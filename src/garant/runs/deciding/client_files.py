"""Files of clients as a person looks at them: the proposal computed now, and everything that explains it.

Nothing is decided here and nothing kept of the records; that somebody looked is recorded before anything is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from garant.decisions.access import Principal, Scope
from garant.decisions.record import Language
from garant.exceptions import Problem, RecordsError, UnknownNameError
from garant.explanations.changed_facts import cell_text, column_label
from garant.explanations.comparison import ComparedFact, Comparison, GroupValues
from garant.explanations.counterfactual_text import Counterfactuals
from garant.features.feature import Feature
from garant.runs.deciding.answer import Answer, judged
from garant.runs.deciding.client_store import Clients
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.examined import Examined
from garant.runs.deciding.move_offers import Offers
from garant.runs.deciding.payment_history import PaymentHistory, payment_history
from garant.runs.deciding.raw_rows import RawTable, raw_tables
from garant.runs.deciding.recorded_decisions import RecordedDecisions, require
from garant.runs.explanation import FeatureEffect
from garant.tables.records.client_records import ClientRecords
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

_ASKED = ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_GOODS_PRICE", "AMT_ANNUITY", "AMT_INCOME_TOTAL")
"""Of the application, what a page about it begins with."""

LEAST_COMPARED = 50
"""Clients of a group with a value: of fewer no value is told, because single ones of them could be guessed."""

_APPLICATION, _DATE, _SUBJECT = "application", "APPLICATION_DATE", "subject_ref"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFile:
    """The file of one client.

    Parameters
    ----------
    decision : dict
        What would be decided, as `DecisionService.preview` answers.
    alarms : tuple of str
        What must not be missed about the model itself, in the asked language; empty of a sound one.
    comparison : Comparison or None
        The client beside others; None where the model was not asked.
    payments : PaymentHistory
        Credits and payments in the order of time.
    offers : Offers
        What a what-if takes.
    asked : tuple of (str, str)
        What is asked for, and the income: label and value in words; whatever the application states.
    data_date : date
        Day that the data are of: that of the application where it is stated, else when the tables were accepted.
    history : list of dict
        Recorded decisions about the person that the principal may see, the first one first.
    """

    decision: Answer
    alarms: tuple[str, ...]
    comparison: Comparison | None
    payments: PaymentHistory
    offers: Offers
    asked: tuple[tuple[str, str], ...]
    data_date: date
    history: list[Answer]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the model of one client: its entry in the catalogue, value and effect."""

    feature: Feature
    told: FeatureEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFile:
    """One input, and the rows behind its value; `input` is None where the model was not asked."""

    feature: Feature
    input: Input | None
    tables: tuple[RawTable, ...]


class ClientFiles:
    """Files of the store's clients, by what judges at this moment; made for one request.

    Parameters
    ----------
    decider : Decider
        What judges.
    decisions : RecordedDecisions
        What was decided; looks are recorded in their store.
    clients : Clients or None
        Accepted tables; None when the service has none.

    Notes
    -----
    Every method checks the scope of the principal first, and records the look of whoever is shown something of a
    person. Errors that any of them raises:

    NotPermittedError
        The role may not do this.
    RecordsError
        There is no such client, or no store of clients.
    StoreError
        The record store cannot be used: nothing is shown.
    """

    def __init__(self, decider: Decider, decisions: RecordedDecisions, clients: Clients | None) -> None:
        self._decider, self._decisions, self._clients = decider, decisions, clients
        self._store = decisions.store

    def ids(self, principal: Principal, prefix: str) -> list[int]:
        """At most ten clients whose id begins with the digits `prefix`, ascending; ids alone are no look at anybody."""
        require(principal, Scope.READ)
        return [] if self._clients is None else self._clients.ids(prefix)

    def has(self, principal: Principal, client: int) -> bool:
        """Whether the store has a client with this id."""
        return self.ids(principal, str(client))[:1] == [client]

    def look(self, principal: Principal, client: int, *, language: Language) -> ClientFile:
        """The whole file, without what would have changed the result: that is searched apart, see `changes`."""
        require(principal, Scope.DECIDE)
        records = self._records(client)
        found = self._examined(records)
        self._store.saw(principal, "client", subject=records.subject)
        compared = self._decider.compared(found, language=language)
        words = self._decider.words(language)
        return ClientFile(
            decision=judged(found.judgement, language),
            alarms=self.alarms(language),
            comparison=None if compared is None else without_few(compared),
            payments=payment_history(records, words),
            offers=self._decider.offers(records, language=language),
            asked=tuple(_asked(records, words)),
            data_date=self._data_date(records),
            history=self._decisions.told_about(principal, records.subject, language=language),
        )

    def history(self, principal: Principal, client: int, *, language: Language) -> list[Answer]:
        """Recorded decisions about the person of this client that the principal may see, the first one first."""
        require(principal, Scope.READ)
        return self._decisions.decisions_of(principal, self._subject(client), language=language)

    def changes(self, principal: Principal, client: int, *, language: Language) -> Counterfactuals | None:
        """What would have changed the result; None for somebody who is accepted."""
        require(principal, Scope.DECIDE)
        records = self._records(client)
        self._store.saw(principal, "explanation", subject=records.subject)
        return self._decider.changes(records, language=language)

    def effects(self, principal: Principal, client: int, *, language: Language) -> tuple[Input, ...]:
        """What every input of the model does to the risk, the strongest first; none where it was not asked."""
        require(principal, Scope.DECIDE)
        records = self._records(client)
        found = self._examined(records)
        self._store.saw(principal, "explanation", subject=records.subject)
        return self._inputs(found, language)

    def payments(self, principal: Principal, client: int, *, language: Language) -> PaymentHistory:
        """Credits and payments in the order of time."""
        require(principal, Scope.DECIDE)
        records = self._records(client)
        self._store.saw(principal, "client_rows", subject=records.subject)
        return payment_history(records, self._decider.words(language))

    def offers(self, principal: Principal, client: int, *, language: Language) -> Offers:
        """What a what-if of this client takes, with what is stated now."""
        require(principal, Scope.DECIDE)
        records = self._records(client)
        self._store.saw(principal, "preview", subject=records.subject)
        return self._decider.offers(records, language=language)

    def fact(self, principal: Principal, client: int, name: str, *, language: Language) -> FactFile:
        """One input of the model, with the raw rows that it is made of.

        Raises
        ------
        UnknownNameError
            When the model has no such input.
        """
        require(principal, Scope.DECIDE)
        features = self._decider.features
        if name not in features:
            raise UnknownNameError("input of the model", name, features, "The page of a client lists them.")
        records = self._records(client)
        inputs = self._inputs(self._examined(records), language)
        self._store.saw(principal, "client_rows", subject=records.subject)
        return FactFile(
            feature=features[name],
            input=next((each for each in inputs if each.feature.name == name), None),
            tables=raw_tables(records, features[name], self._decider.config, self._decider.words(language)),
        )

    def _records(self, client: int) -> ClientRecords:
        if self._clients is None:
            text = "the service has no store of clients (start it with --data)"
            raise RecordsError([Problem("/client", "request.no_client_store", text)])
        return self._decider.reader.of_accepted(self._clients.rows(client))

    def _examined(self, records: ClientRecords) -> Examined:
        today = datetime.now(UTC).date()
        return self._decider.examine(records, stopped=self._store.is_stopped(), today=today)

    def _inputs(self, found: Examined, language: Language) -> tuple[Input, ...]:
        features = self._decider.features
        return tuple(Input(features[each.feature], each) for each in self._decider.effects(found, language=language))

    def _subject(self, client: int) -> str:
        """Who the client is across applications: by the application where the store has it."""
        if self._clients is not None:
            try:
                application = self._clients.rows(client)[_APPLICATION]
            except RecordsError:
                return str(client)
            if _SUBJECT in application.schema.names:
                stated = application[_SUBJECT][0].as_py()
                return str(client) if stated is None else str(stated)
        return str(client)

    def alarms(self, language: Language) -> tuple[str, ...]:
        """What must not be missed about the model that judges; nothing of a sound one."""
        words, content = self._decider.words(language), self._decider.content
        kaggle = [words.text("notice.kaggle")] if content.profile == "kaggle" else []
        fast = [words.text("model.limit.fast")] if content.training.fast else []
        return (*kaggle, *fast)

    def _data_date(self, records: ClientRecords) -> date:
        names = records.schemas[_APPLICATION].names
        stated = records.rows[_APPLICATION][0][names.index(_DATE)] if _DATE in names else None
        if isinstance(stated, date):
            return stated
        assert self._clients is not None  # noqa: S101 - the records came from there
        return self._clients.accepted_on


def without_few(found: Comparison) -> Comparison:
    """The comparison without what too few clients stand behind."""

    def told(group: GroupValues) -> GroupValues:
        return group if group.rows >= LEAST_COMPARED else GroupValues(group.rows)

    def fact(each: ComparedFact) -> ComparedFact:
        return replace(each, accepted=told(each.accepted), refused=told(each.refused), similar=told(each.similar))

    return replace(found, facts=tuple(fact(each) for each in found.facts))


def _asked(records: ClientRecords, words: Wording) -> Iterator[tuple[str, str]]:
    schema = TABLES[_APPLICATION]
    row = dict(zip(records.schemas[_APPLICATION].names, records.rows[_APPLICATION][0], strict=True))
    for name in _ASKED:
        if row.get(name) is not None:
            column = schema[name]
            yield column_label(_APPLICATION, column, words), cell_text(column, row[name], words)
