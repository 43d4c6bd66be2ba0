"""What waits for a reviewer, how long it has and how long it may; and how reviewers decide."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from garant.api.live import live_of
from garant.dashboard.access import Lang, require
from garant.dashboard.pages import page, words_of
from garant.dashboard.sessions import Session
from garant.decisions.access import Scope
from garant.runs.deciding.reviews import FIGURES_DAYS

router = APIRouter(include_in_schema=False)

_BRANCH = re.compile(r"[\w.-]{1,50}")
_AFTER = re.compile(r"[0-9TZ:.-]{1,40}~[0-9a-f-]{1,40}")


@router.get("/{lang}/reviews")
async def queue(request: Request, lang: Lang, session: Annotated[Session, Depends(require(Scope.READ))]) -> Response:
    """List what waits for a reviewer, the oldest first."""
    branch, after = (request.query_params.get(name, "").strip() for name in ("branch", "after"))
    live = live_of(request)
    found = await live.threads.run(
        lambda: live.parts.service.review_queue(
            session.principal,
            branch=branch if _BRANCH.fullmatch(branch) else None,
            after=after if _AFTER.fullmatch(after) else None,
        )
    )
    return page(
        request,
        "reviews.html",
        language=lang,
        title=words_of(request, lang).text("page.reviews.title"),
        session=session,
        queue=found,
        branch=branch if _BRANCH.fullmatch(branch) else "",
        is_reviewer=session.principal.may(Scope.REVIEW),
        sees_figures=session.principal.may(Scope.FIGURES),
        days=live.parts.service.terms.review_days,
    )


@router.get("/{lang}/reviews/figures")
async def figures(
    request: Request, lang: Lang, session: Annotated[Session, Depends(require(Scope.FIGURES))]
) -> Response:
    """Show agreement and time of each reviewer."""
    live = live_of(request)
    found = await live.threads.run(lambda: live.parts.service.review_figures(session.principal))
    return page(
        request,
        "review_figures.html",
        language=lang,
        title=words_of(request, lang).text("page.review_figures.title"),
        session=session,
        figures=found,
        days=FIGURES_DAYS,
    )
