"""The portfolio: figures of a committed run, filters and a simulation in the address, and the groups as CSV."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from garant.api.live import live_of
from garant.dashboard.access import Lang, require
from garant.dashboard.pages import CONTENT_SECURITY_POLICY, go_to, page, words_of
from garant.dashboard.parts import dashboard_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.exceptions import AsideError, UsageError
from garant.models.cutoff import Costs
from garant.runs.aside.dimensions import BANDS, DIMENSIONS, Dimension
from garant.runs.aside.questions import PortfolioQuestion

router = APIRouter(include_in_schema=False)

FILTERS: tuple[Dimension, ...] = ("product", "outcome", "band", "reason", "income")

_CUTOFF = re.compile(r"\s*(\d{1,2}(?:[.,]\d{1,4})?)\s*%?\s*")
_MOST_LETTERS = 100

Watcher = Annotated[Session, Depends(require(Scope.READ_ALL))]


@dataclass(frozen=True, slots=True)
class Asked:
    """An address of the page, read.

    Parameters
    ----------
    question : PortfolioQuestion
        What is asked; what is wrong is left out of it.
    typed : mapping of str to str
        Fields as they were typed.
    problems : mapping of str to str
        Id of the text of what is wrong, by field.
    """

    question: PortfolioQuestion
    typed: Mapping[str, str]
    problems: Mapping[str, str]


@router.get("/{lang}/portfolio")
async def portfolio(request: Request, lang: Lang, session: Watcher) -> Response:
    """Show the figures."""
    asked = asked_by(request.query_params, lang)
    found, wrong = None, None
    try:
        found = await _answer(request, session, asked.question)
    except AsideError as error:
        live_of(request).log.warning("portfolio", result=error.kind, says=str(error)[:500])
        wrong = error.kind
    status = 422 if asked.problems or wrong == "by" else 200 if wrong in (None, "no_run") else 503
    return page(
        request,
        "portfolio.html",
        language=lang,
        title=words_of(request, lang).text("page.portfolio.title"),
        session=session,
        status=status,
        found=found,
        wrong=None if wrong is None else _text_of(wrong),
        typed=asked.typed,
        problems=asked.problems,
        filters=FILTERS,
        query=request.url.query,
    )


@router.get("/{lang}/portfolio.csv")
async def portfolio_csv(request: Request, lang: Lang, session: Watcher) -> Response:
    """Give the groups that the page shows, as a file."""
    asked = asked_by(request.query_params, lang)
    if asked.problems:
        # The page says what is wrong at its field; a file cannot.
        return go_to(f"/{lang}/portfolio?{request.url.query}")
    found = await _answer(request, session, asked.question)
    return Response(
        found["csv"],
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="portfolio.csv"',
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Vary": "Cookie",
        },
    )


async def _answer(request: Request, session: Session, question: PortfolioQuestion) -> dict[str, Any]:
    service = live_of(request).parts.service
    return await dashboard_of(request).aside.run(service.portfolio, session.principal, question)


def asked_by(query: QueryParams, language: Lang) -> Asked:
    """What an address asks for."""
    typed = {name: query.get(name, "").strip()[:_MOST_LETTERS] for name in (*FILTERS, "by", "cutoff", "costs")}
    typed["by"] = typed["by"] or "product"
    problems: dict[str, str] = {}
    by: Dimension = "product"
    for each in DIMENSIONS:
        if each == typed["by"]:
            by = each
    if by != typed["by"]:
        problems["by"] = "page.portfolio.wrong_by"
    filters: dict[Dimension, str] = {name: typed[name] for name in FILTERS if typed[name]}
    if "band" in filters and filters["band"] not in {str(n) for n in range(len(BANDS) - 1)}:
        problems["band"] = "page.portfolio.wrong_band"
        del filters["band"]
    question = PortfolioQuestion(
        language=language,
        filters=filters,
        by=by,
        cutoff=_cutoff(typed["cutoff"], problems),
        costs=_costs(typed["costs"], problems),
    )
    return Asked(question, typed, problems)


def _cutoff(text: str, problems: dict[str, str]) -> float | None:
    """Cut-off that was typed in per cent, as either language writes it."""
    if not text:
        return None
    found = _CUTOFF.fullmatch(text)
    value = float(found[1].replace(",", ".")) / 100 if found else 0.0
    if not 0 < value < 1:
        problems["cutoff"] = "page.portfolio.wrong_cutoff"
        return None
    return value


def _costs(text: str, problems: dict[str, str]) -> str | None:
    """Costs that were typed as a ratio."""
    if not text:
        return None
    plain = text.replace(",", ".")
    try:
        costs = Costs.parse(plain)
    except UsageError:
        costs = None
    if costs is None or not 1 / _MOST_RATIO <= costs.ratio <= _MOST_RATIO:
        problems["costs"] = "page.portfolio.wrong_costs"
        return None
    return plain


_MOST_RATIO = 1_000
"""Beyond it a cut-off would be no number that anybody decides by."""


def _text_of(kind: str) -> str:
    return f"page.portfolio.wrong.{kind}" if kind in _KNOWN else "page.portfolio.wrong.failed"


_KNOWN = frozenset({"no_run", "not_committed", "other_run", "changed", "busy", "slow", "by"})
