"""One applicant explained from a row of the matrix: what `garant explain` and the decision service say alike."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.explanations.accepted import Accepted
from garant.explanations.comparison import Comparison, Values
from garant.explanations.contributions import check_additive, contributions_of_few
from garant.explanations.counterfactual_text import Counterfactuals
from garant.explanations.external_notes import external_notes
from garant.explanations.reasons import MAX_REASONS, Reason, ReasonWriter
from garant.explanations.stability import Stability, stability
from garant.explanations.yardstick import shown_value
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.models.bundle.reading import Bundle
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.application import reasons_decide, rule_hits
from garant.policy.outcome import OUTCOMES, PolicyCode, propose
from garant.policy.policy import Policy
from garant.policy.rule_words import rule_sentence, share_of_income
from garant.runs.beside_others import beside_others
from garant.runs.changes import Changes, changes_of
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.explain_options import DEFAULT_OPTIONS, ExplainOptions
from garant.runs.score_rows import facts_of, loans_of_batch
from garant.runs.variant_scoring import VariantScoring
from garant.runs.what_if import WhatIf
from garant.runs.words import words_of
from garant.scoring.predict import predict
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    import lightgbm

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FamilyEffect:
    """What one reason family does to the margin.

    Parameters
    ----------
    family, label : str
        Its id and its name in the asked language.
    effect : float
        Log-odds beyond its mean among accepted applicants; positive raises the risk.
    """

    family: str
    label: str
    effect: float


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule outside the model that was hit.

    Parameters
    ----------
    code, text : str
        Its code, and its sentence in the asked language.
    fields : tuple of str
        What it is about: raw columns, tables, external checks.
    """

    code: str
    text: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One applicant, explained.

    Parameters
    ----------
    client : int
        ``SK_ID_CURR``.
    pd, cutoff, points : float
        Calibrated PD, the cut-off of the product that is asked for, points.
    refer_band : ReferBand
        PDs between which a person decides.
    outcome : Outcome
        What is proposed.
    policy_rule : str or None
        Rule outside the model that decided, with its sentence in `policy_text`.
    rules : tuple of ToldRule
        Every rule outside the model that was hit, also one that did not decide; the strictest first.
    fast : bool
        Whether the model was trained with ``--fast``: a quick look, which is said loudly.
    reasons : tuple of Reason
        At most four, the strongest first.
    families : tuple of FamilyEffect
        All families, the strongest effect first; with `typical_margin` they add up to `margin`.
    base_value, typical_margin, margin : float
        Log-odds that contributions start from, mean of accepted applicants, and the applicant's own.
    label : str
        What the PD is a probability of.
    profile : {"eu", "kaggle"}
        Profile of the model; ``kaggle`` is said loudly.
    missing_columns : tuple of str
        Columns that the bundle learned from and that were read as empty, on demand.
    stability : Stability or None
        In how many retrained models each reason stays; None of a bundle without any, or when it was not asked for.
    counterfactuals : Counterfactuals or None
        What would have changed the result; None for somebody who is accepted, and where it was not asked for.
    what_if : WhatIf or None
        The same applicant with other raw facts; None when it was not asked for.
    comparison : Comparison or None
        The facts that weigh most beside those of accepted, refused and similar applicants.
    """

    client: int
    pd: float
    cutoff: float
    points: float
    refer_band: ReferBand
    outcome: Outcome
    policy_rule: str | None
    policy_text: str | None
    reasons: tuple[Reason, ...]
    families: tuple[FamilyEffect, ...]
    base_value: float
    typical_margin: float
    margin: float
    label: str
    profile: Literal["eu", "kaggle"]
    language: Literal["fr", "en"]
    missing_columns: tuple[str, ...] = ()
    stability: Stability | None = None
    counterfactuals: Counterfactuals | None = None
    what_if: WhatIf | None = None
    comparison: Comparison | None = None
    rules: tuple[ToldRule, ...] = ()
    fast: bool = False

    @property
    def is_main_reason_uncertain(self) -> bool:
        """Whether most retrained models give another main reason; not where a rule alone decided, which is certain."""
        if self.stability is None or self.stability.is_stable:
            return False
        codes = [rule.code for rule in self.rules]
        is_accepted = self.outcome is Outcome.ACCEPT
        return is_accepted or reasons_decide(self.pd, self.refer_band, codes, self.outcome)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FeatureEffect:
    """What one input of the model does to the margin.

    Parameters
    ----------
    feature, label : str
        Its name, and what it is in the asked language.
    value : str or None
        The person's, as the language writes it; None where it is not known.
    effect : float
        Log-odds; with the base value, those of all inputs add up to the margin.
    """

    feature: str
    label: str
    value: str | None
    effect: float


@dataclass(frozen=True, slots=True, eq=False)
class PersonExplainer:
    """Explains applicants of one lender by one bundle, in one language; from any number of threads.

    Parameters
    ----------
    bundle : Bundle
        The model.
    features : sequence of Feature
        Its inputs, in the order of its columns.
    accepted : AcceptedTables
        Tables that are there, and what ``tables.toml`` says of them; their rows are not read.
    policy : Policy
        Rules outside the model.
    settings : Settings
        Memory, threads, moves.
    words : Wording
        The language.
    writer : ReasonWriter
        Reasons in that language.
    members : sequence of Booster
        Retrained models that reasons are compared with; none to leave that out.
    search : CounterfactualSearch or None
        What would have changed results is searched with it; one of its own for each applicant when None.
    """

    bundle: Bundle
    features: Sequence[Feature]
    accepted: AcceptedTables
    policy: Policy
    settings: Settings
    words: Wording
    writer: ReasonWriter
    members: "Sequence[lightgbm.Booster]" = ()
    search: CounterfactualSearch | None = None

    @classmethod
    def of(
        cls,
        bundle: Bundle,
        features: Sequence[Feature],
        accepted: AcceptedTables,
        *,
        language: Literal["fr", "en"],
        policy: Policy,
        settings: Settings,
        members: "Sequence[lightgbm.Booster]" = (),
        search: CounterfactualSearch | None = None,
    ) -> Self:
        """Explainer with the words and the reasons of `language`."""
        money = accepted.config.money
        words = words_of(features, language, currency=money.currency)
        writer = ReasonWriter(
            features,
            words,
            accepted=Accepted.of(bundle),
            period_declared=money.period is not None,
            notes=external_notes(features, bundle.content.external_scores, words),
        )
        return cls(bundle, features, accepted, policy, settings, words, writer, members, search)

    def explain(
        self,
        client: int,
        row: pa.RecordBatch,
        rows: ClientRows,
        *,
        options: ExplainOptions = DEFAULT_OPTIONS,
        missing: Sequence[str] = (),
    ) -> Explanation:
        """Explain the applicant `client`.

        Parameters
        ----------
        client : int
            ``SK_ID_CURR``.
        row : RecordBatch of one row
            The applicant in the matrix, policy facts and product included.
        rows : mapping of str to Table
            Accepted rows by table.
        options : ExplainOptions
            What else to say.
        missing : sequence of str
            Columns that the bundle learned from and that were read as empty.

        Raises
        ------
        InvariantError
            When contributions do not add up to the margin.
        UsageError
            When a what-if names no move or correction, or an amount is beyond its limits.
        """
        bundle, content, words, writer = self.bundle, self.bundle.content, self.words, self.writer
        money = self.accepted.config.money
        matrix = encode(row, bundle.columns)
        scored = predict(bundle, matrix)
        values = self._contributions(matrix, scored.margin)
        loans = loans_of_batch(row)
        made = propose(
            scored.pd,
            facts_of(row),
            policy=self.policy,
            cutoffs=content.cutoffs.rows(loans.product),
            period_declared=money.period is not None,
        )
        rule, facts = PolicyCode(made.rule[0]), facts_of(row)
        rules = rule_hits(
            facts,
            policy=self.policy,
            period_declared=money.period is not None,
            charges=money.charges,
            stopped=False,
            unknown_tables=(),
            checks={},
            today=datetime.now(UTC).date(),
        )
        reasons = next(writer.reasons(values, row))[:MAX_REASONS]
        kept = stability(reasons, self.members, matrix=matrix, values=row, writer=writer) if self.members else None
        effects = zip(writer.families, writer.by_family(values)[0], strict=True)
        terms = content.cutoffs.terms(loans.product[0])
        changes = self.changes(row, rows, options=options)
        return Explanation(
            client=client,
            pd=float(scored.pd[0]),
            cutoff=terms.cutoff,
            points=float(scored.points[0]),
            refer_band=terms.refer_band,
            outcome=OUTCOMES[made.outcome[0]],
            policy_rule=rule.name if rule else None,
            policy_text=(
                rule_sentence(
                    rule.name,
                    words,
                    policy=self.policy,
                    charges_declared=money.charges is not None,
                    share=share_of_income(facts),
                )
                if rule
                else None
            ),
            reasons=reasons,
            families=tuple(
                FamilyEffect(family, words.text(f"family.{family}.label"), float(effect))
                for family, effect in sorted(effects, key=lambda pair: -abs(pair[1]))
            ),
            base_value=float(values[0, -1]),
            typical_margin=writer.typical_margin(float(values[0, -1])),
            margin=float(scored.margin[0]),
            label=content.label.text("fr" if words.language == "fr" else "en"),
            profile=content.profile,
            language="fr" if words.language == "fr" else "en",
            rules=tuple(
                ToldRule(hit.code, hit.texts["fr" if words.language == "fr" else "en"], hit.fields) for hit in rules
            ),
            fast=content.training.fast,
            missing_columns=tuple(sorted(missing)),
            stability=kept,
            counterfactuals=changes.counterfactuals,
            what_if=changes.what_if,
            comparison=self.beside_others(
                row.to_pylist()[0], values[0], [each.feature for each in reasons if each.feature is not None]
            ),
        )

    def changes(self, row: pa.RecordBatch, rows: ClientRows, *, options: ExplainOptions = DEFAULT_OPTIONS) -> Changes:
        """What would have changed the result of the applicant, or what other raw facts do to it; see `explain`."""
        writer = self.writer
        return changes_of(
            row,
            rows,
            scoring=VariantScoring(self.bundle, self.features, self.accepted, self.policy, self.settings),
            options=options,
            words=self.words,
            reasons_of=lambda of, margin, batch: next(writer.reasons(self._contributions(of, margin), batch)),
            search=self.search,
        )

    def beside_others(self, person: Values, contributions: Floats, stated: Sequence[str]) -> Comparison:
        """The facts that weigh most for an applicant, beside those of accepted, refused and similar ones.

        Parameters
        ----------
        person : mapping of str to float, str or None
            Features by name, before the float32 cast.
        contributions : array of float64, shape (features + 1,)
            The applicant's.
        stated : sequence of str
            Features that the applicant's reasons state.
        """
        leading = self.writer.leading(contributions[np.newaxis])[0]
        return beside_others(self.bundle, self.features, person, leading, stated, self.words)

    def effects(self, row: pa.RecordBatch) -> tuple[FeatureEffect, ...]:
        """What every input of the model does to the margin of the applicant with this `row`, the strongest first."""
        matrix = encode(row, self.bundle.columns)
        values = self._contributions(matrix, predict(self.bundle, matrix).margin)[0]
        return self.told_effects(row.to_pylist()[0], values)

    def told_effects(self, person: Values, contributions: Floats) -> tuple[FeatureEffect, ...]:
        """The same of features that are there already; parameters as those of `beside_others`."""
        found = [
            FeatureEffect(
                feature.name,
                self.words.label(feature.text, window=str(feature.window)),
                None if (value := person[feature.name]) is None else shown_value(feature, value, self.words),
                float(effect),
            )
            for feature, effect in zip(self.features, contributions[:-1], strict=True)
        ]
        return tuple(sorted(found, key=lambda each: -abs(each.effect)))

    def _contributions(self, matrix: npt.NDArray[np.float32], margin: Floats) -> Floats:
        values = contributions_of_few(self.bundle.booster, matrix)
        check_additive(values, margin)
        return values
