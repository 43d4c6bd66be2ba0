"""What a request holds beside the raw tables: a client of the store, external checks, the notice that was shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from garant.exceptions import Problem, RecordsError
from garant.policy.external_checks import FIELD as CHECKS
from garant.policy.external_checks import ExternalCheck, read_checks
from garant.policy.policy import Policy
from garant.tables.records.reader import canonical
from garant.tables.records.strict_json import read_json
from garant.wording.notice import NOTICES

CLIENT, NOTICE = "client", "notice_id"

OWN_FIELDS = frozenset({CLIENT, CHECKS, NOTICE})
"""Fields of every request that are no tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One application that is asked about.

    Parameters
    ----------
    tables : mapping of str to object
        Raw tables as they came; empty where a client of the store is meant.
    client : int or None
        ``SK_ID_CURR`` of a client of the store.
    checks : mapping of str to ExternalCheck
        External checks by name.
    sent_checks : mapping or None
        The same as they came.
    notice_id : str or None
        Notice that the person was shown, where the request says it.
    more : mapping of str to object
        Fields that this kind of request has beside these.
    """

    tables: Mapping[str, Any] = field(repr=False)
    client: int | None
    checks: Mapping[str, ExternalCheck]
    sent_checks: Mapping[str, Any] | None = field(repr=False)
    notice_id: str | None
    more: Mapping[str, Any] = field(repr=False)

    def raw(self, tables: bytes) -> bytes:
        """Canonical JSON of all that is judged: `tables`, its records as canonical JSON, and the checks."""
        if not self.sent_checks:
            return tables
        return canonical({**json.loads(tables), CHECKS: self.sent_checks})


def read_request(body: bytes, policy: Policy, *, more: frozenset[str] = frozenset()) -> Request:
    """Read the body of a request for one application.

    Parameters
    ----------
    body : bytes
        JSON object.
    policy : Policy
        Names the external checks that may come.
    more : frozenset of str
        Further fields that this kind of request may have.

    Raises
    ------
    RecordsError
        When the body is no sound JSON, or one of these fields is wrong; tables are judged by the reader of the bundle.
    """
    return request_of(read_json(body), policy, more=more)


def request_of(value: object, policy: Policy, *, more: frozenset[str] = frozenset()) -> Request:
    """As `read_request`, from parsed JSON: an item of a batch."""
    if not isinstance(value, dict):
        raise RecordsError([Problem("", "request.not_object", "expected a JSON object")])
    sent: dict[str, Any] = value
    problems: list[Problem] = []
    tables = {name: rows for name, rows in sent.items() if name not in OWN_FIELDS and name not in more}
    checks: Mapping[str, ExternalCheck] = MappingProxyType({})
    if CHECKS in sent:
        try:
            checks = read_checks(sent[CHECKS], policy)
        except RecordsError as error:
            problems += error.problems
    notice_id = sent.get(NOTICE)
    if NOTICE in sent and (not isinstance(notice_id, str) or notice_id not in NOTICES):
        known = ", ".join(NOTICES)
        problems.append(Problem(f"/{NOTICE}", "request.unknown_notice", f"expected the id of a notice: {known}"))
    client = sent.get(CLIENT)
    if CLIENT in sent:
        if isinstance(client, bool) or not isinstance(client, int) or client < 1:
            problems.append(Problem(f"/{CLIENT}", "request.client", "expected the SK_ID_CURR of a client, a number"))
        if tables:
            text = "a client of the store and tables at once: send one of them"
            problems.append(Problem(f"/{CLIENT}", "request.client_and_tables", text))
    if problems:
        raise RecordsError(problems)
    return Request(
        tables=tables,
        client=client,
        checks=checks,
        sent_checks=sent.get(CHECKS),
        notice_id=notice_id,
        more={name: sent[name] for name in more if name in sent},
    )


def text_field(
    value: object, pointer: str, *, least: int = 1, most: int = 5_000, problems: list[Problem], needed: bool = True
) -> str:
    """Text that somebody wrote, without the spaces around it; adds to `problems` what is wrong with it."""
    said = value.strip() if isinstance(value, str) else ""
    if (said or needed or not (value is None or isinstance(value, str))) and not least <= len(said) <= most:
        code = f"request{pointer.replace('/', '.')}"
        problems.append(Problem(pointer, code, f"expected a text of {least} to {most:,} characters"))
    return said
