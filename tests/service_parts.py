"""Who asks a service in tests, and a decider that judges by income alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from garant.decisions.access import Principal, Role
from garant.decisions.record import Digests, Judgement
from garant.models.cutoff import Outcome
from garant.policy.external_checks import ExternalCheck
from garant.policy.policy import load_policy
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import RecordReader
from store_records import judgement

ADVISER = Principal(id="key-a", role=Role.ADVISER, owner="paris")
COLLEAGUE = Principal(id="key-b", role=Role.ADVISER, owner="paris")
STRANGER = Principal(id="key-s", role=Role.ADVISER, owner="lyon")
REVIEWER = Principal(id="key-r", role=Role.REVIEWER, owner="head office")
RISK = Principal(id="key-k", role=Role.RISK, owner="head office")
AUDITOR = Principal(id="key-u", role=Role.AUDITOR, owner="head office")
ADMIN = Principal(id="key-m", role=Role.ADMIN, owner="head office")

HIGH, MIDDLE, LOW = 300_000, 150_000, 60_000
"""Incomes that `ByIncome` accepts, refers and refuses."""


class ByIncome:
    """Judges by income alone, by no model: what a service does around a judgement needs none."""

    engine, engine_reason, bundle = "none", "a decider of tests", None

    def __init__(self, reader: RecordReader, digest: str = "b" * 64) -> None:
        self.reader, self.digest, self.policy = reader, digest, load_policy()
        self.before: Callable[[], None] = lambda: None

    def judge(
        self, records: ClientRecords, *, stopped: bool, checks: Mapping[str, ExternalCheck], today: date
    ) -> Judgement:
        """Accept a high income, refuse a low one; a person decides where something is in the way."""
        self.before()
        application = dict(zip(self.reader.schemas["application"].names, records.rows["application"][0], strict=True))
        income = application["AMT_INCOME_TOTAL"] / 1_000
        outcome = Outcome.ACCEPT if income >= HIGH else Outcome.REFUSE if income <= LOW else Outcome.REFER
        listed = any(check.result == "listed" and check.on <= today for check in checks.values())
        made = judgement(records.subject, client=records.client, raw=records.raw)
        digests = Digests(bundle=self.digest, features="f" * 64, policy="p" * 64, wording="w" * 64)
        return replace(
            made, outcome=Outcome.REFER if stopped or records.unknown or listed else outcome, digests=digests
        )

    def explain(self, records: ClientRecords, *, language: str, moves: tuple[str, ...] = ()) -> dict[str, Any]:
        """What was asked, and nothing else."""
        return {
            "contributions": {"a": 1.0},
            "base_value": -2.0,
            "what_if": {"moves": list(moves), "in": language},
            "client": records.client,
        }
