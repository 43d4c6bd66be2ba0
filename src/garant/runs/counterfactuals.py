"""What would have changed the result of one applicant, searched on SQLite and confirmed by the public scoring path."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from garant.explanations.counterfactuals import Found, Judged, confirmed, search
from garant.explanations.moves.catalogue import MoveCatalogue, touched
from garant.runs.moving_features import MovingFeatures
from garant.runs.variant_scoring import ScoredVariants, VariantScoring, have_equal_features
from garant.tables.variants import ClientRows


class CounterfactualSearch:
    """Searches for any number of applicants, from any number of threads; queries are compiled at their first need.

    Parameters
    ----------
    scoring : VariantScoring
        Bundle, policy and tables.
    catalogue : MoveCatalogue
        What to try.
    """

    def __init__(self, scoring: VariantScoring, catalogue: MoveCatalogue) -> None:
        self._scoring, self._catalogue = scoring, catalogue
        self._quick = MovingFeatures(scoring.features, scoring.accepted)

    def __enter__(self) -> Self:
        """Allow searches."""
        self._quick.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close SQLite."""
        self._quick.__exit__(kind, error, trace)

    def of(self, rows: ClientRows, known: ScoredVariants) -> Found:
        """What the search finds for the applicant with these `rows`, not confirmed yet.

        Parameters
        ----------
        rows : mapping of str to Table
            Accepted rows.
        known : ScoredVariants of one row
            The applicant as the public path scored it. Where SQLite gives other features, all is asked of that path.
        """
        touches = touched(move for move in self._catalogue.moves if move.offer(rows).amounts)
        scored: list[ScoredVariants] = []

        def judge(variants: Sequence[ClientRows]) -> Judged:
            scored.append(self._scoring.of_batch(self._quick.of_variants(variants, known.batch, touches)))
            return scored[0].judged

        found = search(rows, self._catalogue.moves, judge)
        if scored and not have_equal_features(scored[0], known):
            return search(rows, self._catalogue.moves, self.publicly)
        return found

    def confirmed(self, found: Found) -> Found:
        """At most three results, each accepted by the public scoring path."""
        return confirmed(found, self.publicly)

    def publicly(self, variants: Sequence[ClientRows]) -> Judged:
        """Judge variants by the public scoring path."""
        return self._scoring.publicly(variants).judged
