"""Whole explanations of single applications, in both languages, with everything compiled once."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from garant.decisions.record import Language
from garant.exceptions import Problem, RecordsError, UsageError
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.explanations.reasons import ReasonWriter
from garant.features.feature import Feature
from garant.models.bundle.members import read_members
from garant.models.bundle.reading import Bundle
from garant.models.bundle.trust import Trust
from garant.policy.policy import Policy
from garant.runs.counterfactuals import CounterfactualSearch
from garant.runs.deciding.move_offers import Offers, offers_of
from garant.runs.explain_options import ExplainOptions
from garant.runs.explanation import PersonExplainer
from garant.runs.variant_scoring import VariantScoring
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.report import AcceptanceReport
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    import lightgbm

_LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True, eq=False)
class Explanations:
    """Explains applications by one bundle; used from any number of threads.

    Parameters
    ----------
    explainers : mapping of str to PersonExplainer
        By language.
    catalogue : MoveCatalogue
        Moves and corrections that a what-if knows.
    """

    explainers: Mapping[Language, PersonExplainer]
    catalogue: MoveCatalogue

    @classmethod
    def opened(
        cls,
        bundle: Bundle,
        features: Sequence[Feature],
        config: TablesConfig,
        *,
        policy: Policy,
        settings: Settings,
        trust: Trust,
        stack: ExitStack,
    ) -> Self:
        """Explanations that are open until `stack` is closed.

        Raises
        ------
        BundleError
            When a retrained model cannot be loaded.
        UsageError
            When the moves cannot be read.
        """
        members = () if bundle.content.retrains is None else read_members(bundle, trust)
        # The bundle's tables without any row: an explanation brings those of its applicant.
        tables = AcceptedTables(
            folder=Path(),
            tables=bundle.content.tables,
            files={},
            report=AcceptanceReport(purpose="score", files=()),
            digest="",
            config=config,
        )
        moves = MoveCatalogue.of(load_terms(settings.moves_file), config)
        scoring = VariantScoring(bundle, features, tables, policy, settings)
        search = stack.enter_context(CounterfactualSearch(scoring, moves))

        def explainer(language: Language) -> PersonExplainer:
            return PersonExplainer.of(
                bundle,
                features,
                tables,
                language=language,
                policy=policy,
                settings=settings,
                members=members,
                search=search,
            )

        return cls({language: explainer(language) for language in _LANGUAGES}, moves)

    @property
    def words(self) -> dict[Language, Wording]:
        """Words by language."""
        return {language: each.words for language, each in self.explainers.items()}

    @property
    def writers(self) -> dict[Language, ReasonWriter]:
        """Who words reasons, by language."""
        return {language: each.writer for language, each in self.explainers.items()}

    @property
    def members(self) -> "Sequence[lightgbm.Booster]":
        """Retrained models of the bundle."""
        return self.explainers["en"].members

    def of(
        self, records: ClientRecords, row: pa.RecordBatch, *, language: Language, moves: Sequence[str]
    ) -> dict[str, Any]:
        """Explain the applicant with this `row` of the matrix, see `Decider.explain`.

        Raises
        ------
        RecordsError
            When a move is none, or goes beyond its limits.
        """
        explainer = self.explainers[language]
        options = ExplainOptions(what_if=tuple(moves))
        try:
            found = explainer.explain(records.client, row, records.tables(), options=options)
        except UsageError as error:
            raise RecordsError([self._problem(moves, records.tables())]) from error
        return {**found.to_dict(), "contributions": [asdict(each) for each in explainer.effects(row)]}

    def offers(self, records: ClientRecords, *, language: Language) -> Offers:
        """What a what-if of the applicant takes."""
        return offers_of(records.tables(), self.catalogue, self.explainers[language].words)

    def _problem(self, moves: Sequence[str], rows: ClientRows) -> Problem:
        """What is wrong with `moves`: the first that cannot be made by itself, else all of them together."""
        known = ", ".join((*(move.name for move in self.catalogue.moves), *self.catalogue.corrections))
        # The message of the error repeats what was sent.
        text = f"names no move, or goes beyond its limits: expected NAME=AMOUNT, NAME one of {known}"
        for number, move in enumerate(moves):
            try:
                self.catalogue.asked(move).change(rows)
            except UsageError:
                return Problem(f"/moves/{number}", "moves", text)
        return Problem("/moves", "moves", text)
