"""Characters that have no business in a value: they end lines of a log, turn text around, or are not to be seen."""

import re

_SURROGATES = r"\ud800-\udfff"
_CONTROLS = r"\x7f-\x9f\u2028\u2029"
_BIDI = r"\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f"
_MARKS = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_UNSEEN = r"\u200b-\u200d\u2060-\u2064\u206a-\u206f\u00ad\u180e\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"

_NEVER = {
    "surrogate": re.compile(f"[{_SURROGATES}]"),
    "control_character": re.compile(rf"[\x00-\x1f{_CONTROLS}]"),
    "bidi": re.compile(f"[{_BIDI}]"),
    # Four marks on one letter are no writing: they spill over the lines around.
    "invisible": re.compile(f"[{_MARKS}]{{4}}"),
}
_INVISIBLE = re.compile(f"[{_UNSEEN}]")

SUSPICIOUS = re.compile(f"[{_SURROGATES}{_CONTROLS}{_BIDI}{_MARKS}{_UNSEEN}]")
"""What a string must be looked at for; controls of ASCII aside, which stand in JSON in escaped form only."""

_MOST_INVISIBLE = 2
"""A joiner inside a word is legal writing; a flood of them hides what a word is."""


def fault_of_string(text: str, most: int) -> str | None:
    """Code of what is wrong with a string of a caller, or None."""
    if len(text) > most:
        return "long_text"
    if text.isascii() and text.isprintable():
        return None
    for code, pattern in _NEVER.items():
        if pattern.search(text):
            return code
    return "invisible" if len(_INVISIBLE.findall(text)) > _MOST_INVISIBLE else None
