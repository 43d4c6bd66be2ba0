"""Checks in registers of others."""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from garant.exceptions import RecordsError, UsageError
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.product_cutoffs import Cutoffs
from garant.policy.external_checks import Hit, check_hits, read_checks
from garant.policy.outcome import DAYS_PER_YEAR, OUTCOMES, Facts, PolicyCode, propose
from garant.policy.policy import Policy, load_policy

TODAY = date(2026, 11, 29)
NAMES = {"fr": "fichier national des incidents de paiement", "en": "national register of payment incidents"}


def policy(tmp_path: Path, *, required: bool = True, outcome: str = "refuse") -> Policy:
    """The shipped policy with another rule about the register."""
    rest = Path(load_policy.__code__.co_filename).with_name("default.toml").read_text(encoding="utf-8")
    rest = rest[: rest.index("[external_checks")]
    path = tmp_path / "policy.toml"
    path.write_text(
        f'{rest}\n[external_checks.national_register]\nname_fr = "{NAMES["fr"]}"\nname_en = "{NAMES["en"]}"\n'
        f'required = {str(required).lower()}\nmax_age_days = 30\noutcome = "{outcome}"\n',
        encoding="utf-8",
    )
    return load_policy(path)


def hits(rules: Policy, **said: str) -> tuple[Hit, ...]:
    """What is hit by a check in the national register; without arguments none was made."""
    value = {"national_register": {"date": TODAY.isoformat(), **said}} if said else {}
    return check_hits(read_checks(value, rules), rules, today=TODAY)


def test_the_shipped_policy_requires_no_check_and_refers_whoever_is_listed() -> None:
    rules = load_policy()
    assert rules.required_checks == ()
    assert hits(rules) == ()
    assert hits(rules, result="clear") == ()
    assert hits(rules, result="unknown") == ()
    (hit,) = hits(rules, result="listed")
    assert (hit.code, hit.outcome, hit.incomplete) == ("EXTERNAL_CHECK_LISTED", Outcome.REFER, False)


@pytest.mark.parametrize("outcome", ["refer", "refuse"])
def test_whoever_is_listed_gets_the_outcome_that_the_policy_names(tmp_path: Path, outcome: str) -> None:
    (hit,) = hits(policy(tmp_path, outcome=outcome), result="listed")
    assert hit.outcome == outcome


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "MISSING"),
        ({"result": "unknown"}, "UNKNOWN"),
        ({"result": "clear", "date": (TODAY - timedelta(days=31)).isoformat()}, "TOO_OLD"),
        ({"result": "clear", "date": (TODAY + timedelta(days=1)).isoformat()}, "FUTURE"),
        ({"result": "listed", "date": (TODAY - timedelta(days=31)).isoformat()}, "TOO_OLD"),
    ],
)
def test_a_required_check_that_is_no_answer_of_today_refers(tmp_path: Path, said: dict[str, str], code: str) -> None:
    (hit,) = hits(policy(tmp_path), **said)
    assert (hit.code, hit.outcome, hit.incomplete) == (f"EXTERNAL_CHECK_{code}", Outcome.REFER, True)
    assert hit.fields == ("external_checks.national_register",)


@pytest.mark.parametrize("days", [0, 30])
def test_an_answer_holds_for_the_days_that_the_policy_says(tmp_path: Path, days: int) -> None:
    on = (TODAY - timedelta(days=days)).isoformat()
    assert hits(policy(tmp_path), result="clear", date=on) == ()


def test_an_entry_of_long_ago_is_looked_at_even_where_no_check_is_required(tmp_path: Path) -> None:
    rules = policy(tmp_path, required=False)
    old = (TODAY - timedelta(days=400)).isoformat()
    (hit,) = hits(rules, result="listed", date=old)
    assert (hit.code, hit.outcome) == ("EXTERNAL_CHECK_TOO_OLD", Outcome.REFER)
    assert hits(rules, result="clear", date=old) == ()


@pytest.mark.parametrize(("language", "answer"), [("fr", "une inscription existe"), ("en", "an entry exists")])
def test_the_person_is_told_the_register_its_answer_and_the_day(
    tmp_path: Path, language: Literal["fr", "en"], answer: str
) -> None:
    (hit,) = hits(policy(tmp_path), result="listed")
    text = hit.texts[language]
    assert NAMES[language] in text
    assert answer in text
    assert "29" in text
    assert "2026" in text


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ([], "/external_checks"),
        ({"other_register": {"date": "2026-11-29", "result": "clear"}}, "/external_checks"),
        ({"national_register": "clear"}, "/external_checks/national_register"),
        ({"national_register": {"result": "clear"}}, "/external_checks/national_register/date"),
        ({"national_register": {"date": "20261129", "result": "clear"}}, "/external_checks/national_register/date"),
        ({"national_register": {"date": "2026-02-30", "result": "clear"}}, "/external_checks/national_register/date"),
        ({"national_register": {"date": 20261129, "result": "clear"}}, "/external_checks/national_register/date"),
        ({"national_register": {"date": "2026-11-29"}}, "/external_checks/national_register/result"),
        ({"national_register": {"date": "2026-11-29", "result": "Clear"}}, "/external_checks/national_register/result"),
        ({"national_register": {"date": "2026-11-29", "result": True}}, "/external_checks/national_register/result"),
        (
            {"national_register": {"date": "2026-11-29", "result": ["clear"]}},
            "/external_checks/national_register/result",
        ),
        (
            {"national_register": {"date": "2026-11-29", "result": "clear", "reference": "x" * 201}},
            "/external_checks/national_register/reference",
        ),
        (
            {"national_register": {"date": "2026-11-29", "result": "clear", "amount": 3}},
            "/external_checks/national_register",
        ),
    ],
)
def test_a_wrong_check_is_refused_with_its_place_and_without_its_value(value: object, pointer: str) -> None:
    with pytest.raises(RecordsError) as caught:
        read_checks(value, load_policy())
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
    assert "other_register" not in str(caught.value)
    assert "xxxx" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        'outcome = "accept"',
        "max_age_days = -1",
        'required = "sometimes"',
        "weight = 3",
    ],
)
def test_a_wrong_rule_about_a_check_is_named(tmp_path: Path, wrong: str) -> None:
    rest = Path(load_policy.__code__.co_filename).with_name("default.toml").read_text(encoding="utf-8")
    path = tmp_path / "policy.toml"
    path.write_text(f'{rest}\n[external_checks.other]\nname_fr = "a"\nname_en = "b"\n{wrong}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"external_checks\.other"):
        load_policy(path)


@pytest.mark.parametrize("pd", [0.01, 0.1, 0.9])
@pytest.mark.parametrize("age_days", [17 * DAYS_PER_YEAR, 40 * DAYS_PER_YEAR])
def test_tables_have_no_checks_so_a_required_one_refers_everybody(tmp_path: Path, pd: float, age_days: float) -> None:
    facts = Facts(*(np.array([v]) for v in (100.0, 10.0, 500.0, 10.0, age_days)))
    cutoffs = Cutoffs.of(Costs(1, 9), band=ReferBand(0.08, 0.12)).rows(np.array([None], dtype=object))
    made = propose(np.array([pd]), facts, policy=policy(tmp_path), cutoffs=cutoffs, period_declared=True)
    assert OUTCOMES[made.outcome[0]] is Outcome.REFER
    assert PolicyCode(made.rule[0]) is PolicyCode.EXTERNAL_CHECK_MISSING


def test_what_other_facts_would_change_is_judged_without_checks(tmp_path: Path) -> None:
    rules = policy(tmp_path)
    assert rules.required_checks == ("national_register",)
    assert rules.of_facts.required_checks == ()
    assert rules.of_facts.digest == rules.digest
    assert rules.of_facts.majority == rules.majority
