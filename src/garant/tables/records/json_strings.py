"""Characters that have no business in a value: they end lines of a log, turn text around, or are not to be seen."""

import re

_NEVER = {
    "surrogate": re.compile("[\ud800-\udfff]"),
    "control_character": re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]"),
    "bidi": re.compile("[\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f]"),
    # Four marks on one letter are no writing: they spill over the lines around.
    "invisible": re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}"),
}
_INVISIBLE = re.compile("[\u200b-\u200d\u2060-\u2064\u206a-\u206f\u00ad\u180e\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")

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
