"""From the raw records of one application to a judgement: everything is bound to one bundle and known before it."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

import numpy as np

from garant.decisions.record import Digests, Judgement, Language, Said, Texts
from garant.exceptions import Problem, RecordsError
from garant.explanations.comparison import Comparison
from garant.explanations.counterfactual_text import Counterfactuals
from garant.features.feature import Feature
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import Bundle
from garant.models.bundle.trust import Trust
from garant.models.product_cutoffs import PRODUCT, CutoffTerms
from garant.policy.application import outcome_of, reasons_decide, rule_hits
from garant.policy.external_checks import ExternalCheck
from garant.policy.hit import Hit
from garant.policy.outcome import Facts, PolicyCode
from garant.policy.policy import Policy, load_policy
from garant.runs.bundle_columns import require_extras
from garant.runs.bundle_features import bundle_features
from garant.runs.deciding.asked_columns import AskedColumns
from garant.runs.deciding.bundle_config import config_of
from garant.runs.deciding.cautions import Cautions
from garant.runs.deciding.digests import digests_of
from garant.runs.deciding.examined import Examined
from garant.runs.deciding.explanations import Explanations
from garant.runs.deciding.move_offers import Offers
from garant.runs.deciding.online_engine import EngineName, RowFeatures, chosen_engine, opened_engine
from garant.runs.deciding.row_model import ModelledRow, RowModel
from garant.runs.deciding.row_reasons import RowReasons
from garant.runs.deciding.stopwatch import Stopwatch
from garant.runs.explanation import FeatureEffect
from garant.runs.matrix import POLICY_PREFIX
from garant.runs.matrix_row import MatrixRow
from garant.settings import Settings
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import RecordReader
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True)
class _Asked:
    """What comes with the records of an application."""

    stopped: bool
    checks: Mapping[str, ExternalCheck]
    today: date


@dataclass(frozen=True, slots=True, eq=False, kw_only=True, repr=False)
class Decider:
    """Judges applications by one bundle and one policy; immutable, and safe for any number of threads.

    Made by `open`, used as a context manager: leaving it closes what its threads opened.

    Parameters
    ----------
    bundle : Bundle
        The model, verified by whoever read it.
    config : TablesConfig
        What ``tables.toml`` says: that of a data folder, or what the bundle knows of it.
    policy : Policy
        Rules outside the model.
    reader : RecordReader
        Judges raw records by the rules of the tables.
    engine : {"sqlite", "duckdb"}
        What computes features.
    engine_reason : str
        Why, in words.
    asked : AskedColumns
        What an applicant is asked.
    """

    bundle: Bundle
    config: TablesConfig
    policy: Policy
    reader: RecordReader
    engine: EngineName
    engine_reason: str
    asked: AskedColumns
    _digests: Digests
    _features: RowFeatures
    _model: RowModel
    _reasons: RowReasons
    _cautions: Cautions
    _explanations: Explanations
    _label: Texts
    _facts: tuple[int, ...]
    _product: int
    _open: ExitStack

    @classmethod
    def open(cls, bundle: Bundle, *, config: TablesConfig | None = None, settings: Settings, trust: Trust) -> Self:
        """Prepare everything that an application would otherwise wait for.

        Parameters
        ----------
        bundle : Bundle
            The model.
        config : TablesConfig or None
            That of the data folder, where there is one; else what the bundle knows of it.
        settings : Settings
            Policy, moves, memory and threads.
        trust : Trust
            What the bundle was read with.

        Raises
        ------
        BundleError
            When the bundle's features are not those of this version, a retrained model cannot be loaded, or `config`
            declares the lender's own columns otherwise.
        UsageError
            When the policy or the moves cannot be read.
        """
        content, policy = bundle.content, load_policy(settings.policy_file)
        features = bundle_features(bundle, memory=trust.loaded)
        if config is None:
            config = config_of(content)
        require_extras(content, config)
        choice = chosen_engine(content)
        with ExitStack() as stack:
            engine = stack.enter_context(opened_engine(choice, features, bundle, config, settings))
            explanations = Explanations.opened(
                bundle, features, config, policy=policy.of_facts, settings=settings, trust=trust, stack=stack
            )
            return cls(
                bundle=bundle,
                config=config,
                policy=policy,
                reader=RecordReader(content.tables, config),
                engine=choice.name,
                engine_reason=choice.reason,
                asked=AskedColumns.of(features, content, config),
                _digests=digests_of(bundle, policy),
                _features=engine,
                _model=RowModel(bundle, engine.names, explanations.members),
                _reasons=RowReasons(explanations.writers, features, engine.names),
                _cautions=Cautions(explanations.words, features, content, config),
                _explanations=explanations,
                _label={"fr": content.label.text("fr"), "en": content.label.text("en")},
                _facts=tuple(engine.names.index(f"{POLICY_PREFIX}{name}") for name in Facts.__slots__),
                _product=engine.names.index(PRODUCT),
                _open=stack.pop_all(),
            )

    def __enter__(self) -> Self:
        """Use it; it is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connections of all threads; nobody may be judging any more."""
        self._open.close()

    @property
    def digest(self) -> str:
        """Digest of the bundle."""
        return self.bundle.digest

    @property
    def content(self) -> BundleContent:
        """What the bundle says."""
        return self.bundle.content

    @property
    def features(self) -> Mapping[str, Feature]:
        """Inputs of the model by name, in the order of its columns."""
        return {feature.name: feature for feature in self._explanations.explainers["en"].features}

    def words(self, language: Language) -> Wording:
        """Words of a language, with the lender's currency and the texts of its own columns."""
        return self._explanations.words[language]

    def judge(
        self,
        records: ClientRecords,
        *,
        stopped: bool,
        checks: Mapping[str, ExternalCheck] | None = None,
        today: date | None = None,
    ) -> Judgement:
        """Judge one application; parameters and errors as those of `examine`."""
        return self.examine(records, stopped=stopped, checks=checks, today=today).judgement

    def examine(
        self,
        records: ClientRecords,
        *,
        stopped: bool,
        checks: Mapping[str, ExternalCheck] | None = None,
        today: date | None = None,
    ) -> Examined:
        """Judge one application: incomplete records first, then hard rules and the PD, in the order of the policy.

        Parameters
        ----------
        records : ClientRecords
            What `reader` made of the raw records.
        stopped : bool
            Whether the stop switch is on: then a person decides, whatever the model says.
        checks : mapping of str to ExternalCheck, or None
            External checks that came with the application.
        today : date or None
            Day of the decision, by which external checks grow old; today's in UTC when None.

        Raises
        ------
        DataError
            When a sum leaves the numbers that can be computed exactly.
        InvariantError
            When garant contradicts itself: contributions that miss the margin, a PD that is no probability. Nothing is
            proposed then.
        """
        watch = Stopwatch()
        asked = _Asked(stopped, checks or {}, today or datetime.now(UTC).date())
        if records.unknown:
            return Examined(self._not_asked(records, self._hits(None, records, asked), watch))
        row = self._features.row_of(records)
        watch.lap("features")
        scored = self._model.scored(row)
        unknown_levels = self._model.unknown_levels(row)
        watch.lap("model")
        contributions = self._model.contributions(scored)
        of_members = self._model.contributions_of_members(scored)
        watch.lap("contributions")
        hits = self._hits(self._facts_of(row), records, asked)
        terms = self._terms(row.values[self._product])
        outcome = outcome_of(scored.pd, terms.refer_band, hits)
        watch.lap("policy")
        # Where income or charges are unknown the PD decides nothing, and its reasons would mislead.
        is_told = not any(hit.code == PolicyCode.INSUFFICIENT_INFORMATION.name for hit in hits)
        reasons = self._reasons.of(row, contributions) if is_told else ()
        kept = self._reasons.main_reason_kept(contributions, of_members) if is_told else None
        warnings = self._cautions.of(records, unknown_levels)
        codes = [hit.code for hit in hits]
        if kept is not None and reasons and reasons_decide(scored.pd, terms.refer_band, codes, outcome):
            warnings = (*self._cautions.of_main_reason(kept, len(of_members)), *warnings)
        watch.lap("reasons")
        judgement = Judgement(
            client=records.client,
            subject=records.subject,
            raw=records.raw,
            outcome=outcome,
            pd=scored.pd,
            points=scored.points,
            margin=scored.margin,
            cutoff=terms.cutoff,
            refer_band=(terms.refer_band.lower, terms.refer_band.upper),
            product=row.values[self._product],
            rules=_rules(hits),
            reasons=reasons,
            main_reason_kept=kept,
            warnings=warnings,
            contributions=dict(
                zip((entry.name for entry in self.content.features), contributions[:-1].tolist(), strict=True)
            ),
            base_value=float(contributions[-1]),
            matrix=_bytes(scored),
            challenger_pd=scored.challenger_pd,
            challenger_points=scored.challenger_points,
            digests=self._digests,
            timings=watch.laps,
            label=self._label,
        )
        return Examined(judgement, dict(zip(self._features.names, row.values, strict=True)), contributions)

    def compared(self, found: Examined, *, language: Language) -> Comparison | None:
        """The facts that weigh most, beside those of others; None where the model was not asked."""
        if found.values is None or found.contributions is None:
            return None
        stated = [reason.feature for reason in found.judgement.reasons if reason.feature is not None]
        return self._explanations.explainers[language].beside_others(found.values, found.contributions, stated)

    def effects(self, found: Examined, *, language: Language) -> tuple[FeatureEffect, ...]:
        """What every input of the model does to the margin, the strongest first; none where it was not asked."""
        if found.values is None or found.contributions is None:
            return ()
        return self._explanations.explainers[language].told_effects(found.values, found.contributions)

    def changes(self, records: ClientRecords, *, language: Language) -> Counterfactuals | None:
        """What would have changed the result; None for somebody who is accepted, or of whom a table is unknown."""
        if records.unknown:
            return None
        row = self._features.of_one(records)
        return self._explanations.explainers[language].changes(row, records.tables()).counterfactuals

    def offers(self, records: ClientRecords, *, language: Language) -> Offers:
        """Moves and corrections that a what-if of this application takes, with their limits."""
        return self._explanations.offers(records, language=language)

    def explain(self, records: ClientRecords, *, language: Language, moves: Sequence[str] = ()) -> dict[str, Any]:
        """Explain one application wholly; decides nothing.

        Parameters
        ----------
        records : ClientRecords
            What `reader` made of the raw records.
        language : {"fr", "en"}
            Language of the sentences.
        moves : sequence of str
            Moves of a what-if, ``MOVE=AMOUNT``; without any, what would have changed the result is searched.

        Returns
        -------
        dict
            Plain values for JSON: those of `garant explain`, and under ``contributions`` every input of the model with
            its label, the person's value in words and its effect, the strongest first.

        Raises
        ------
        RecordsError
            When a table was left out, so that there is nothing to explain; or a move is none, or beyond its limits.
        """
        if records.unknown:
            raise RecordsError(
                [
                    Problem(f"/{name}", "records.unknown", "is left out: nothing can be explained (send [] for none)")
                    for name in records.unknown
                ]
            )
        return self._explanations.of(records, self._features.of_one(records), language=language, moves=moves)

    def _not_asked(self, records: ClientRecords, hits: Sequence[Hit], watch: Stopwatch) -> Judgement:
        """Judgement of an application of which a table is unknown: the model is not asked."""
        place = self.reader.schemas["application"].get_field_index(PRODUCT)
        product = records.rows["application"][0][place]
        terms = self._terms(product)
        outcome = outcome_of(None, terms.refer_band, hits)
        watch.lap("policy")
        return Judgement(
            client=records.client,
            subject=records.subject,
            raw=records.raw,
            outcome=outcome,
            pd=None,
            points=None,
            margin=None,
            cutoff=terms.cutoff,
            refer_band=(terms.refer_band.lower, terms.refer_band.upper),
            product=product,
            rules=_rules(hits),
            reasons=(),
            main_reason_kept=None,
            warnings=self._cautions.of(records),
            contributions={},
            base_value=self.content.base_value,
            matrix=b"",
            challenger_pd=None,
            challenger_points=None,
            digests=self._digests,
            timings=watch.laps,
            label=self._label,
        )

    def _hits(self, facts: Facts | None, records: ClientRecords, asked: "_Asked") -> tuple[Hit, ...]:
        return rule_hits(
            facts,
            policy=self.policy,
            period_declared=self.config.money.period is not None,
            charges=self.config.money.charges,
            stopped=asked.stopped,
            unknown_tables=records.unknown,
            checks=asked.checks,
            today=asked.today,
        )

    def _facts_of(self, row: MatrixRow) -> Facts:
        return Facts(*(np.array([row.values[place]], dtype=np.float64) for place in self._facts))

    def _terms(self, product: str | None) -> CutoffTerms:
        return self.content.cutoffs.terms(product)


def _rules(hits: Sequence[Hit]) -> tuple[Said, ...]:
    return tuple(Said(code=hit.code, texts=hit.texts, fields=hit.fields) for hit in hits)


def _bytes(scored: ModelledRow) -> bytes:
    return scored.matrix.astype("<f4", copy=False).tobytes()
