"""Which language a caller wants: ``Accept-Language`` of RFC 9110, between French and English."""

import re
from collections.abc import Sequence
from typing import get_args

from starlette.requests import Request

from garant.decisions.record import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)

_ENTRY = re.compile(r"\s*(\*|[A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*")
_MOST_CHARACTERS = 1_000


async def asked_language(request: Request) -> Language:
    """Language of the request; the service's own where the request does not say."""
    return chosen_language(request.headers.getlist("accept-language"), request.app.state.live.options.language)


def chosen_language(values: Sequence[str], default: Language) -> Language:
    """Language with the highest q of the headers `values`; of several the first named.

    What cannot be read is passed over: a preference is never a reason to refuse.

    Examples
    --------
    >>> chosen_language(["de, fr;q=0.7, en;q=0.8"], "fr")
    'en'
    """
    wishes: dict[str, float] = {}
    for entry in ",".join(values)[:_MOST_CHARACTERS].split(","):
        found = _ENTRY.fullmatch(entry)
        if found:
            name = found[1].lower()
            wishes[name] = max(wishes.get(name, 0.0), float(found[2] or 1))
    named = list(wishes)
    possible: Sequence[Language] = [each for each in LANGUAGES if wishes.get(each) != 0] or LANGUAGES

    def rank(language: Language) -> tuple[float, float, bool]:
        place = named.index(language) if language in wishes else len(named)
        return wishes.get(language, wishes.get("*", 0.0)), -place, language == default

    return max(possible, key=rank)
