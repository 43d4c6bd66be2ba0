"""What an adviser reads of one applicant: sentences with their kind, how sure they are, the person beside others."""

from dataclasses import replace
from typing import Any

import pytest

from garant.cli.explanation_text import show_explanation
from garant.explanations.comparison import ComparedFact, Comparison, GroupValues
from garant.explanations.kinds import Kind
from garant.explanations.reasons import Reason
from garant.explanations.stability import Stability
from garant.models.cutoff import Outcome, ReferBand
from garant.runs.explanation import Explanation, FamilyEffect, ToldRule

REASON = Reason(
    "DEBT_ELSEWHERE", "debt_elsewhere", Kind.ACT, "x", 0.4, "Vos dettes. Cela augmente le risque.", "Écrivez-nous."
)
COMPARISON = Comparison(
    alike_in=("Encours", "Retard"),
    similar=1_230,
    facts=(
        ComparedFact(
            "x",
            "Encours",
            None,
            GroupValues(500, "3", "1", "10"),
            GroupValues(90, "20"),
            GroupValues(10),
        ),
        ComparedFact("y", "Employeur", "école", GroupValues(500, share=0.31), GroupValues(90), GroupValues(230, "12")),
    ),
)


def shown(
    capsys: pytest.CaptureFixture[str],
    *,
    stability: Stability | None = None,
    comparison: Comparison | None = None,
    reasons: tuple[Reason, ...] = (REASON,),
    **more: Any,  # noqa: ANN401 - passed on
) -> str:
    show_explanation(
        replace(
            Explanation(
                client=7,
                pd=0.2,
                cutoff=0.1,
                points=500,
                refer_band=ReferBand(0.05, 0.15),
                outcome=Outcome.REFUSE,
                policy_rule=None,
                policy_text=None,
                reasons=reasons,
                families=(FamilyEffect("debt_elsewhere", "Encours", 0.4),),
                base_value=-3.0,
                typical_margin=-3.2,
                margin=-2.8,
                label="PD",
                profile="eu",
                language="fr",
                stability=stability,
                comparison=comparison,
            ),
            **more,
        )
    )
    return capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ")


def test_a_reason_stands_with_its_note_and_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in shown(capsys).splitlines()]
    at = lines.index("1. Vos dettes. Cela augmente le risque.")
    assert lines[at + 1 : at + 3] == ["Écrivez-nous.", "[vous pouvez agir]"]


def test_an_adviser_is_warned_of_a_main_reason_that_most_retrained_models_do_not_give(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unsure = shown(capsys, stability=Stability(5, {"debt_elsewhere": 4}, 3))
    assert "(parmi les raisons de 4 modèles réentraînés sur 5)" in unsure
    assert "⚠ Raison principale incertaine : 3 modèles réentraînés sur 5 donnent la même en premier." in unsure
    # French counts none and one in the singular.
    alone = shown(capsys, stability=Stability(5, {"debt_elsewhere": 1}, 0))
    assert "(parmi les raisons de 1 modèle réentraîné sur 5)" in alone
    assert "incertaine : 0 modèle réentraîné sur 5 donne la même en premier." in alone
    assert "⚠" not in shown(capsys, stability=Stability(5, {"debt_elsewhere": 5}, 4))
    assert "⚠" not in shown(capsys)


def test_nobody_is_left_without_a_word_on_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert "n’augmente sensiblement le risque" in shown(capsys, reasons=())


def test_a_person_stands_beside_accepted_refused_and_similar_applicants(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, comparison=COMPARISON).splitlines()
    head, debt, employer = (
        next(line for line in lines if line.startswith(start)) for start in ("Information", "Encours ", "Employeur")
    )
    assert "Clients similaires (1 230)" in head
    assert debt.split("  ")[0] == "Encours"
    for cell in ("inconnu", "3 (1 à 10)", "20", "trop peu de clients"):
        assert cell in debt
    for cell in ("école", "31 %", "trop peu de clients", "12"):
        assert cell in employer
    assert any("Similaires par : Encours · Retard." in line for line in lines)


def test_without_cells_nobody_is_called_similar(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, comparison=Comparison((), 0, COMPARISON.facts))
    assert "similaires" not in said.lower()
    assert "Demandes refusées" in said


RULE = ToldRule("DEBT_SERVICE_RATIO", "Votre taux d’effort est de 63 %.", ("application.AMT_ANNUITY",))


def test_a_rule_that_did_not_decide_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, rules=(RULE,))
    assert "• Votre taux d’effort est de 63 %." in said
    assert "Concerne : application.AMT_ANNUITY" in said
    assert "1. Vos dettes." in said


def test_nobody_is_warned_of_an_uncertain_reason_where_a_rule_alone_decided(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unsure = Stability(5, {"debt_elsewhere": 4}, 2)
    assert "⚠" in shown(capsys, stability=unsure, rules=(RULE,))
    said = shown(
        capsys,
        stability=unsure,
        rules=(RULE,),
        pd=0.01,
        outcome=Outcome.REFER,
        policy_rule=RULE.code,
        policy_text=RULE.text,
    )
    assert "⚠" not in said


def test_a_model_of_a_quick_look_is_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Ce n’est pas un modèle pour décider." in shown(capsys, fast=True)
