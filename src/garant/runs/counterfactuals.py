"""What would have changed the result of one applicant, searched on SQLite and confirmed by the public scoring path."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from garant.explanations.counterfactuals import Found, Judged, confirmed, search
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.runs.variant_scoring import ScoredVariants, VariantScoring, have_equal_features
from garant.tables.variants import ClientRows


class CounterfactualSearch:
    """Searches for any number of applicants; the queries are compiled once, here.

    Parameters
    ----------
    scoring : VariantScoring
        Bundle, policy and tables.
    catalogue : MoveCatalogue
        What to try.
    """

    def __init__(self, scoring: VariantScoring, catalogue: MoveCatalogue) -> None:
        self._scoring, self._catalogue = scoring, catalogue
        self._quick = scoring.quick()

    def __enter__(self) -> Self:
        """Allow searches."""
        self._quick.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close SQLite."""
        self._quick.__exit__(kind, error, trace)

    def of(self, rows: ClientRows, *, known: ScoredVariants | None = None) -> Found:
        """What the search finds for the applicant with these `rows`, not confirmed yet.

        Parameters
        ----------
        rows : mapping of str to Table
            Accepted rows.
        known : ScoredVariants or None
            The applicant as the public path scored it. Where SQLite gives other features, all is asked of that path.
        """
        scored: list[ScoredVariants] = []

        def judge(variants: Sequence[ClientRows]) -> Judged:
            scored.append(self._scoring.by_sqlite(self._quick, variants))
            return scored[0].judged

        found = search(rows, self._catalogue.moves, judge)
        if known is not None and scored and not have_equal_features(scored[0], known):
            return search(rows, self._catalogue.moves, self.publicly)
        return found

    def confirmed(self, found: Found) -> Found:
        """At most three results, each accepted by the public scoring path."""
        return confirmed(found, self.publicly)

    def publicly(self, variants: Sequence[ClientRows]) -> Judged:
        """Judge variants by the public scoring path."""
        return self._scoring.publicly(variants).judged
