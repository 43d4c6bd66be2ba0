"""The PDF of a letter: tagged, PDF/UA-1, the same bytes for the same letter, with no font but those of typst itself."""

import json
import re
import unicodedata
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

from garant.exceptions import InvariantError, MissingPartError
from garant.reports.client_letter.letter import Letter
from garant.wording.catalogue import Wording

STANDARD = "ua-1"

SHOWN = (
    "\u0020-\u007e\u00a0-\u00ac\u00ae-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff\u2000-\u200a"
    "\u2010-\u2027\u202f-\u2040\u2044-\u2052\u20a0-\u20c0\u2190-\u227f\u25a0-\u25ff"
)
"""Characters that the fonts have: Latin, Greek, Cyrillic, signs. A PDF/UA with a letter that it lacks is refused."""

NOT_SHOWN = "\N{WHITE SQUARE}"
"""Stands for a character that the fonts lack, such as an emoji in somebody's own words."""

_LACKING = re.compile(f"[^{SHOWN}]")
_UNSEEN = frozenset({"Cf", "Cc"})


def letter_pdf(letter: Letter) -> bytes:
    """PDF of a letter.

    Raises
    ------
    MissingPartError
        When typst is not installed.
    InvariantError
        When typst refuses what garant gave it.
    """
    try:
        import typst  # noqa: PLC0415 - an extra, needed by nothing else
    except ModuleNotFoundError as error:
        raise MissingPartError(
            "Letters as PDF need the extra `report` (typst is missing). Install it: pip install 'garant[report]', or "
            "`make setup-all` in a clone."
        ) from error
    source = files("garant.reports.client_letter").joinpath("letter.typ").read_bytes()
    try:
        return typst.compile(
            source,
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=[STANDARD],
            sys_inputs={"letter": json.dumps(_content(letter), ensure_ascii=False)},
            timestamp=datetime.combine(letter.on, time(), UTC),
        )
    except typst.TypstError as error:
        raise InvariantError(f"The letter cannot be set: {error.message}") from error


def shown(text: str) -> str:
    """`text` in characters that the fonts have; marks that nobody sees and that change how others read are left out."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(" " if each in "\n\r\t" else each for each in composed if _is_seen(each))
    return _LACKING.sub(NOT_SHOWN, seen)


def _is_seen(character: str) -> bool:
    return character in "\n\r\t" or unicodedata.category(character) not in _UNSEEN


def _content(letter: Letter) -> dict[str, Any]:
    words = Wording(letter.language)
    return _shown(
        {
            **{name: value for name, value in asdict(letter).items() if name not in {"on", "possible", "missing"}},
            "kind": str(letter.kind),
            "reference": dict(letter.references)[words.text("letter.reference.decision")],
            "separator": words.text("explain.separator"),
        }
    )


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value
