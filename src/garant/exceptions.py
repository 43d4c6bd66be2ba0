"""The tree of errors. Every message says where, what was found, what was expected, what to do.

::

    GarantError
    ├── UsageError          the command was misused or a part is missing          exit 2
    │   ├── UnknownNameError    an id, feature or command that does not exist, with near ones
    │   ├── MissingPartError    a library, file or program that is not installed
    │   └── KeyFileError        a file of a private key that cannot or must not be used
    ├── DataError           the data are refused, nothing is written              exit 3
    │   ├── TableError          one file or table breaks a rule of severity "file"
    │   ├── ReconciliationError rows in and rows out disagree
    │   ├── QuarantineLimitError too many rows of a table broke a rule
    │   ├── LeakError           a column or the road knows outcomes that it cannot know
    │   └── RecordsError        raw records of one application break rules; lists all of them
    │       └── ActError            what a person says of a decision breaks rules
    ├── BundleError         a model bundle cannot be trusted or read              exit 3
    │   ├── BundleSignatureError    unsigned, altered after signing, or signed by a key that is not trusted
    │   ├── BundleDigestError   a file of the bundle is not what bundle.json says
    │   ├── BundleFormatError   written by a newer or foreign format
    │   ├── BundleLoadError     LightGBM could not load the model in a process of its own
    │   ├── BundleTablesError   the data hold another set of tables than the bundle
    │   └── BundleColumnsError  the data lack columns that the bundle learned from
    ├── PromotionError      a bundle may not be promoted, or the registry is broken     exit 3
    ├── RunError            a run cannot be started or committed                  exit 3
    │   └── StorageError        a disk or a bucket cannot be read or written
    │       └── OccupiedError       the place to write holds something already          exit 2
    ├── DecisionError       a decision cannot be made, found or changed           exit 3
    │   ├── UnknownDecisionError    no such decision, or none that the asker may see
    │   ├── NotPermittedError   the role may not do this, or it was the first actor
    │   ├── ConflictError       the decision is in another state, or changed meanwhile
    │   │   ├── WrongStateError     it is in another state, which the text names
    │   │   │   └── NoLetterError       no letter of the kind that is asked for can be made of it
    │   │   └── InFlightError       the same request is being answered at this moment
    │   ├── KeyReusedError      an idempotency key came with another request before
    │   └── ErasedError         the person was erased
    ├── StoreError          the record store cannot be used: nothing is decided   exit 3
    │   ├── StoreFullError      there is no space left for what is to be recorded
    │   ├── UnsafeStoreError    its database could lose what was acknowledged
    │   └── AlteredRecordError  what is stored is not what was recorded
    ├── ProviderError       an identity provider gives no answer, or none to rely on    exit 3
    ├── ServiceError        a decision service said no, or what nobody understands  exit 3
    │   └── ServiceUnavailableError no answer, or none now: the same request may be sent again
    ├── CloudError          AWS said no, or what is deployed there is not what was expected    exit 3
    ├── AsideError          the process that works aside has no answer            exit 3
    └── InvariantError      garant contradicts itself: never shown as a proposal  exit 4
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


class GarantError(Exception):
    """Root of all errors that garant raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line ends with when this error reaches it.
    """

    exit_code = 4


class UsageError(GarantError):
    """The command was misused or a part is missing."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that does not exist; the message suggests near ones."""

    def __init__(self, kind: str, name: object, known: Iterable[object], hint: str = "") -> None:
        self.kind, self.name = kind, str(name)
        near = difflib.get_close_matches(self.name, [str(k) for k in known], n=3, cutoff=0.6)
        message = f"Unknown {kind} '{name}'."
        if near:
            message += f" Did you mean {' or '.join(repr(n) for n in near)}?"
        super().__init__(f"{message} {hint}".rstrip())


class MissingPartError(UsageError):
    """A library, file or program that the command needs is not there."""


class KeyFileError(UsageError):
    """A file of a private key is missing, open to others, or no such file."""


class DataError(GarantError):
    """The data are refused; nothing was written."""

    exit_code = 3


class TableError(DataError):
    """One or several files break a rule of severity "file".

    Attributes
    ----------
    rule : str
        Id of the broken rule, as ``garant.tables.rules`` declares it.
    french : str
        The message in French, for reports; the English one where there is no other.
    """

    def __init__(self, message: str, *, rule: str = "", french: str = "") -> None:
        self.rule, self.french = rule, french or message
        super().__init__(message)


class ReconciliationError(DataError):
    """accepted + orphans + quarantined differs from the physical rows of a file."""


class QuarantineLimitError(DataError):
    """More rows of a table broke a rule than the command goes on with."""


class LeakError(DataError):
    """A feature tells the outcome too well, or a model of shuffled outcomes tells them at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with raw records; it never holds a value of theirs.

    Parameters
    ----------
    pointer : str
        Where, as a JSON pointer: ``/bureau/3/DAYS_CREDIT``; empty for the whole.
    code : str
        Rule that is broken: ``application.AMT_CREDIT.negative``, ``json.duplicate_key``.
    text : str
        What is wrong and what is expected, in English.
    """

    pointer: str
    code: str
    text: str


class RecordsError(DataError):
    """Raw records of one application break rules; nothing is decided and nothing recorded.

    Attributes
    ----------
    problems : tuple of Problem
        All of them, at most a hundred.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {p.pointer or '/'}: {p.text} ({p.code})" for p in self.problems)
        super().__init__(f"These records cannot be judged:\n{lines}")


class ActError(RecordsError):
    """What a person says of a decision breaks rules; nothing was changed."""


class BundleError(GarantError):
    """A model bundle cannot be read or trusted."""

    exit_code = 3


class BundleSignatureError(BundleError):
    """The bundle is unsigned, was altered after it was signed, or the key that signed it is not trusted.

    Attributes
    ----------
    rule : str
        What is wrong: ``unsigned``, ``malformed``, ``newer``, ``altered``, ``unknown_key``, ``development``.
    """

    def __init__(self, message: str, *, rule: str) -> None:
        self.rule = rule
        super().__init__(message)


class BundleDigestError(BundleError):
    """A file of the bundle differs from the digest that bundle.json states."""


class BundleFormatError(BundleError):
    """The bundle was written in a newer or a foreign format."""


class BundleLoadError(BundleError):
    """The model text ended, hung or confused LightGBM in a process of its own."""


class BundleTablesError(BundleError):
    """The data hold another set of tables than the bundle was trained on."""


class BundleColumnsError(BundleError):
    """The data lack columns that the bundle learned from, or declare them to be something else."""


class PromotionError(GarantError):
    """A bundle fails its gates and nobody signed why it is used, or a registry contradicts itself."""

    exit_code = 3


class RunError(GarantError):
    """A run cannot be started or committed."""

    exit_code = 3


class StorageError(RunError):
    """A disk or a bucket cannot be read or written; what stands under final names is whole."""


class OccupiedError(StorageError):
    """The place to write holds something already: another place must be named."""

    exit_code = 2


class DecisionError(GarantError):
    """A decision cannot be made, found or changed."""

    exit_code = 3


class UnknownDecisionError(DecisionError):
    """There is no such decision, or none that whoever asks may see: the two are not told apart."""


class NotPermittedError(DecisionError):
    """The role may not do this, or whoever acts must be another person than the first."""


class ConflictError(DecisionError):
    """The decision is in a state that does not allow this, or somebody changed it meanwhile."""


class WrongStateError(ConflictError):
    """The decision is in another state than what is asked needs; its text names both, and nothing personal."""


class NoLetterError(WrongStateError):
    """A decision allows no letter of the kind that is asked for.

    Attributes
    ----------
    reason : str
        Why: ``proposed``, ``contested``, ``corrected``, ``approved``, ``not_reviewed``, ``no_papers``.
    possible : tuple of str
        Kinds of letters that it allows.
    """

    _SAID: ClassVar[dict[str, str]] = {
        "proposed": "a proposal is no decision: somebody must confirm it first",
        "contested": "it is contested: the review must end first",
        "corrected": "it was corrected: the letter is about the decision that supersedes it",
        "approved": "it is an approval and no refusal",
        "not_reviewed": "nobody contested it and reviewed it",
        "no_papers": "nobody who decides has asked for papers",
    }

    def __init__(self, reason: str, *, possible: Sequence[str] = ()) -> None:
        self.reason, self.possible = reason, tuple(possible)
        others = f" Possible: {', '.join(self.possible)}." if self.possible else ""
        super().__init__(f"No such letter can be made of this decision: {self._SAID[reason]}.{others}")


class InFlightError(ConflictError):
    """The same idempotency key is being answered at this moment: ask again."""


class KeyReusedError(DecisionError):
    """An idempotency key came with another request before."""


class ErasedError(DecisionError):
    """The person was erased; what was recorded can no longer be read."""


class StoreError(GarantError):
    """The record store cannot be used at this moment; nothing is decided."""

    exit_code = 3


class StoreFullError(StoreError):
    """There is no space left for what is to be recorded."""


class UnsafeStoreError(StoreError):
    """The database is set so that it could lose what was acknowledged."""


class AlteredRecordError(StoreError):
    """What is stored is not what was recorded: changed, exchanged, or closed with another key."""


class ProviderError(GarantError):
    """An identity provider gives no answer, or none to rely on: nobody is recognised by its word."""

    exit_code = 3


class ServiceError(GarantError):
    """A decision service refused a request, or answered what cannot be read.

    Attributes
    ----------
    status : int or None
        HTTP status; None where there was no answer.
    title : str
        What is wrong, in a few words; the message says it where there is no more to say.
    kind : str
        Last part of the ``type`` of the problem: ``in-flight``; empty where the service named none.
    problems : tuple of Problem
        What is wrong with the records, by JSON pointer; never a value of theirs.
    request_id : str or None
        Id of the request in the logs of the service.
    """

    exit_code = 3

    def __init__(
        self,
        title: str,
        *,
        detail: str = "",
        status: int | None = None,
        kind: str = "",
        problems: Sequence[Problem] = (),
        request_id: str | None = None,
    ) -> None:
        self.status, self.title, self.kind = status, title, kind
        self.problems, self.request_id = tuple(problems), request_id
        head = detail or f"{title.removesuffix('.')}."
        lines = [f"  {p.pointer or '/'}: {p.text} ({p.code})" for p in self.problems]
        asked = [f"  Request {request_id}, HTTP {status}."] if request_id else []
        super().__init__("\n".join([head, *lines, *asked]))


class ServiceUnavailableError(ServiceError):
    """The service cannot be reached or cannot answer now; what was sent with an idempotency key may be sent again."""


class CloudError(GarantError):
    """AWS said no, or what is deployed there is not what was expected."""

    exit_code = 3


class AsideError(GarantError):
    """What was asked of the process aside has no answer.

    Parameters
    ----------
    kind : str
        What is wrong, in a word that pages have a text for.
    says : str
        Details, for the log.
    """

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(f"{kind}: {says}")
        self.kind = kind


class InvariantError(GarantError):
    """garant found itself inconsistent; the result is withheld."""

    exit_code = 4
